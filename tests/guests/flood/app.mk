# A bare guest that does one thing over and over, of all that can take its neighbour's time.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c kinds.c calls.c devices.c harts.c ../rogue/suspend.S
