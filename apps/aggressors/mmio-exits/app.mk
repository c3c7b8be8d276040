# Accesses to devices, each of them an exit.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c ../aggressor.c
