# A bare guest of two harts that take the same bank of flash out of its array mode, both at once.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
