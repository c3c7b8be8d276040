# A bare guest that draws the map of its machine; it runs natively over OpenSBI too.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := probe.S main.c
