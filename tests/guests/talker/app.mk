# A bare guest that talks as fast as it can, in numbered lines.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
