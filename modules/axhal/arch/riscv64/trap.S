/*
 * The host's own trap vector. It must not trust sp (a stack may have run into its guard page), so
 * it switches to the hart's fault stack, which tp leads to.
 */
#include <axhal/offsets.h>

	.text
	.balign 4
	.globl host_vector
host_vector:
	sd	t0, HART_SCRATCH0(tp)
	ld	t0, HART_FAULT_STACK_TOP(tp)
	addi	t0, t0, -FRAME_SIZE
	.irp r, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\r, (FRAME_X + 8 * \r)(t0)
	.endr
	mv	sp, t0
	ld	t1, HART_SCRATCH0(tp)
	sd	t1, (FRAME_X + 8 * 5)(sp)
	csrr	t1, sepc
	sd	t1, FRAME_SEPC(sp)
	csrr	t1, scause
	sd	t1, (FRAME_SEPC + 8)(sp)
	csrr	t1, stval
	sd	t1, (FRAME_SEPC + 16)(sp)
	mv	a0, sp
	mv	s0, zero
	call	trap_from_host
	ld	t1, FRAME_SEPC(sp)
	csrw	sepc, t1
	mv	t0, sp
	.irp r, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\r, (FRAME_X + 8 * \r)(t0)
	.endr
	ld	t0, (FRAME_X + 8 * 5)(t0)
	sret
