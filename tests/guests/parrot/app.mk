# A bare guest that says what its ramdisk has, byte for byte.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
