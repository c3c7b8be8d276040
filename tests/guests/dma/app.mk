# A bare guest with a PCI function of its own, which it makes write to memory that it does not have.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c virtio.c
