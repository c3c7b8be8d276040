# A bare guest that executes an instruction of each extension. Its attempts are the rogue's.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c paging.c $(addprefix ../rogue/,attempt.c attempt.S check.c)
