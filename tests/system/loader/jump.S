/* A boot loader that does nothing but go on to PLACE, with a0 and a1 as they are. */
	.globl _start
_start:
	li	t0, PLACE
	jr	t0
