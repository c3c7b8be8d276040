# A bare guest that works with apps/doubler over shared memory, and measures it.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
