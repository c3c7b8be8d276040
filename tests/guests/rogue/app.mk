# A bare S-mode guest that does everything wrong; it runs natively over OpenSBI too. What reads the
# device tree, and the linker script, are jitter's.
app-deps := lib
app-lds  := apps/jitter/link.ld
app-srcs := boot.S attempt.S main.c check.c attempt.c access.c device.c paging.c instruction.c \
            registers.c calls.c timer.c harts.c suspend.S suspend.c ends.c ../../../apps/jitter/machine.c
