/*
 * Reads of the guest's memory as the guest itself would read it (Priv 1.13 §18.3.2): with its
 * translation, and the privilege in hstatus.SPVP. They return 0, or 1 if that traps.
 *
 * guest_fetch16(gva, to): 16 bits, with the permission to execute.
 * guest_load64(gva, to): 64 bits, with the permission to read.
 */
	.option arch, +h
	.text
	.globl guest_fetch16
guest_fetch16:
fetch:	hlvx.hu	t0, (a0)
	sh	t0, (a1)
	li	a0, 0
	ret

	.globl guest_load64
guest_load64:
load:	hlv.d	t0, (a0)
	sd	t0, (a1)
	li	a0, 0
	ret

faulted:
	li	a0, 1
	ret

	.section .fixups, "a"
	.balign 8
	.dword	fetch
	.dword	faulted
	.dword	load
	.dword	faulted
