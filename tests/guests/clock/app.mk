# A bare guest that is interrupted by the machine's clock, over whichever controller it has.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
