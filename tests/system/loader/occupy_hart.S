/*
 * A boot loader that leaves hart HART running in a loop of its own, so that it can no longer be
 * started, and goes on to the host. At entry a0 = hart id, a1 = device tree.
 */
#define SBI_EXT_HSM 0x48534D
	.globl _start
_start:
	mv	s0, a0
	mv	s1, a1
	li	a0, HART
	la	a1, loop
	li	a6, 0			/* hart_start, SBI 2.0 §9.1 */
	li	a7, SBI_EXT_HSM
	ecall
	li	a6, 2			/* hart_get_status, §9.3 */
1:	li	a0, HART
	ecall
	bnez	a1, 1b			/* not STARTED yet */
	mv	a0, s0
	mv	a1, s1
	li	t0, PLACE
	jr	t0
loop:
	wfi
	j	loop
