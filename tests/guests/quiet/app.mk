# A bare guest with a timer, that asks for a contract to take no exits.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
