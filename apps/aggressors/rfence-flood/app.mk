# Remote fences without an end, to a hart that uses what they fence.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c ../aggressor.c
