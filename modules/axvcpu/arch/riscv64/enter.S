/*
 * Into the guest and out of it.
 *
 * vcpu_enter(vcpu) saves the host's callee-saved registers on the stack and enters. An exit goes
 * through up to three stages, each of which saves more of the guest's registers than the one before:
 *
 *   guest_vector   those that exit_fast() may use (axexit/module.mk): the commonest exits end here
 *   in_place       the other caller-saved ones: exit_in_place() may call on the whole hypervisor,
 *                  the callee-saved ones stay where they are. exit_trap() is its way in for
 *                  exceptions of which exit_fast() knows none
 *   leave          all: vcpu_enter() returns
 *
 * While the guest runs: stvec = guest_vector, sscratch = vcpu. The host never uses gp, so the
 * guest's stays in the register; vcpu->x has a copy for debuggers.
 */
#include <axvcpu/offsets.h>

#define X(n) (VCPU_X + 8 * (n))
#define HOST_FRAME 112

/* The bit of stvec that tells the two vectors below apart, so that one instruction switches them. */
#define VECTOR_BIT 16

/* scause of an ecall from VS-mode (Priv 1.13 §18.6.1). */
#define ECALL_VS 10

/* Registers that the vector saves at once, but a0, a1 and a2; and those that in_place adds. */
#define SAVED_FIRST 1, 2, 4, 13, 14, 15, 16, 17
#define SAVED_IN_PLACE 5, 6, 7, 28, 29, 30, 31
#define CALLEE_SAVED 3, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27

/* vcpu in a1, which is the last to be loaded. */
.macro enter_guest first:vararg
	csrsi	stvec, VECTOR_BIT
	.irp r, \first
	ld	x\r, X(\r)(a1)
	.endr
	ld	a0, X(10)(a1)
	ld	a2, X(12)(a1)
	ld	a1, X(11)(a1)
	sret
.endm

	.section .text.hot, "ax"
	.balign 4
	.globl vcpu_enter
vcpu_enter:
	addi	sp, sp, -HOST_FRAME
	sd	ra, 0(sp)
	sd	s0, 8(sp)
	sd	s1, 16(sp)
	sd	s2, 24(sp)
	sd	s3, 32(sp)
	sd	s4, 40(sp)
	sd	s5, 48(sp)
	sd	s6, 56(sp)
	sd	s7, 64(sp)
	sd	s8, 72(sp)
	sd	s9, 80(sp)
	sd	s10, 88(sp)
	sd	s11, 96(sp)
	sd	sp, VCPU_HOST_SP(a0)
	sd	tp, VCPU_HOST_TP(a0)
	csrw	sscratch, a0
	la	t0, exit_vectors
	csrw	stvec, t0
	mv	a1, a0
	.irp r, CALLEE_SAVED
	ld	x\r, X(\r)(a1)
	.endr
	enter_guest SAVED_FIRST, SAVED_IN_PLACE

	.balign 2 * VECTOR_BIT
exit_vectors:
	j	host_vector		/* while the host runs between an exit and an entry */
	.balign VECTOR_BIT
	.globl guest_vector
guest_vector:
	csrrw	a0, sscratch, a0
	sd	a2, X(12)(a0)
	rdtime	a2			/* the guest's time ends here */
	csrci	stvec, VECTOR_BIT
	.irp r, SAVED_FIRST, 11
	sd	x\r, X(\r)(a0)
	.endr
	csrrw	a1, sscratch, a0	/* sscratch = vcpu again; a1 is the guest's a0 */
	sd	a1, X(10)(a0)
	ld	tp, VCPU_HOST_TP(a0)
	ld	sp, VCPU_HOST_SP(a0)
	csrr	ra, scause
	addi	ra, ra, -ECALL_VS
	bnez	ra, no_call
	call	exit_fast
left:					/* a0 = enum exit_left */
	csrr	a1, sscratch
	bnez	a0, in_place
	enter_guest SAVED_FIRST

in_place:				/* a0 = enum exit_left, a1 = vcpu */
	.irp r, SAVED_IN_PLACE
	sd	x\r, X(\r)(a1)
	.endr
	mv	a2, a0
	mv	a0, a1
	csrr	a1, scause
	call	exit_in_place
	j	served

no_call:				/* ra = scause - ECALL_VS, a2 = the time */
	addi	a1, ra, ECALL_VS
	bltz	a1, interrupt
	.irp r, SAVED_IN_PLACE
	sd	x\r, X(\r)(a0)
	.endr
	call	exit_trap
served:
	csrr	a1, sscratch
	bnez	a0, leave
	enter_guest SAVED_FIRST, SAVED_IN_PLACE

interrupt:
	call	exit_fast_interrupt
	j	left

leave:
	.irp r, CALLEE_SAVED
	sd	x\r, X(\r)(a1)
	.endr
	ld	ra, 0(sp)
	ld	s0, 8(sp)
	ld	s1, 16(sp)
	ld	s2, 24(sp)
	ld	s3, 32(sp)
	ld	s4, 40(sp)
	ld	s5, 48(sp)
	ld	s6, 56(sp)
	ld	s7, 64(sp)
	ld	s8, 72(sp)
	ld	s9, 80(sp)
	ld	s10, 88(sp)
	ld	s11, 96(sp)
	addi	sp, sp, HOST_FRAME
	ret
