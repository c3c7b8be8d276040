# A bare guest that plays either part of a test of time: the one whose time is taken, or the taker.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
