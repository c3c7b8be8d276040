# A bare guest for another VM to share memory with: it doubles numbers.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c
