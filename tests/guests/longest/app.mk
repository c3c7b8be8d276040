# A bare guest that makes the longest exits that it can: every call, every register.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c calls.c
