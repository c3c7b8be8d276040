/* What the kernel starts: the stack has argc and, after it, argv. */
	.globl	_start
_start:
	mv	a0, sp
	j	perfcount_main

/* system_call(number, a0 … a4) */
	.globl	system_call
system_call:
	mv	a7, a0
	mv	a0, a1
	mv	a1, a2
	mv	a2, a3
	mv	a3, a4
	mv	a4, a5
	ecall
	ret
