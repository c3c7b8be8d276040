# A bare guest that reads its steal time once its exits are of known kinds.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
