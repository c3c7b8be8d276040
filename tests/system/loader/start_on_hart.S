/*
 * A boot loader that starts the host on hart HART, not on the one that it runs on itself, and
 * stops its own; if the firmware has chosen just that one, it goes on itself. At entry a0 = hart
 * id, a1 = device tree.
 */
#define SBI_EXT_HSM 0x48534D
	.globl _start
_start:
	li	t1, HART
	li	t0, PLACE
	bne	a0, t1, 1f
	jr	t0
1:	mv	a2, a1			/* opaque: it becomes the host's a1 */
	li	a0, HART
	li	a1, PLACE
	li	a6, 0			/* hart_start, SBI 2.0 §9.1 */
	li	a7, SBI_EXT_HSM
	ecall
	li	a6, 1			/* hart_stop, §9.2 */
	ecall
