# A bare guest that is stuck in its trap vector, or only looks like it.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
