/*
 * A guest's floating-point registers, which stay in the hart: the host has no other use for them. Each
 * is named by an instruction, so the number leads into a table of those.
 *
 * vcpu_float_get(number): all 64 bits.
 * vcpu_float_set(number, value)
 */
	.text
	.option push
	.option norvc
	.globl vcpu_float_get
vcpu_float_get:
	la	t0, 1f
	slli	a0, a0, 3
	add	t0, t0, a0
	jr	t0
1:	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	fmv.x.d	a0, f\n
	ret
	.endr

	.globl vcpu_float_set
vcpu_float_set:
	la	t0, 1f
	slli	a0, a0, 3
	add	t0, t0, a0
	jr	t0
1:	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	fmv.d.x	f\n, a1
	ret
	.endr
	.option pop
