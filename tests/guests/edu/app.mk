# A bare guest with QEMU's edu device, whose messages are MSI and not MSI-X.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c device.c
