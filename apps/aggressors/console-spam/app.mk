# Output without an end, on each way that there is.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c ../aggressor.c
