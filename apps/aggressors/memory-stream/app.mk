# Memory, written, copied and read without an end.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c ../aggressor.c
