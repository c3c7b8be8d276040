# A bare guest that shows it is alive: `beat N` at each timer interrupt.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
