# A bare guest that shows the seed in its device tree, and starts again.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
