# Two harts that interrupt each other as fast as they can.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c ../aggressor.c
