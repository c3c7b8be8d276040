# A bare S-mode guest that does everything wrong; it runs natively over OpenSBI too.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := stray.S attempt.S main.c check.c attempt.c access.c device.c paging.c instruction.c \
            registers.c calls.c timer.c harts.c suspend.S suspend.c ends.c views.c features.c shared.c \
            widths.c imsic.c aplic.c
