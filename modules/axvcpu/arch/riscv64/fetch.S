/*
 * guest_fetch16(gva, to): reads 16 bits with the guest's execute permission and translation
 * (hlvx.hu, Priv 1.13 §18.3.2) and returns 0, or 1 if that traps.
 */
	.option arch, +h
	.text
	.globl guest_fetch16
guest_fetch16:
fetch:	hlvx.hu	t0, (a0)
	sh	t0, (a1)
	li	a0, 0
	ret
faulted:
	li	a0, 1
	ret

	.section .fixups, "a"
	.balign 8
	.dword	fetch
	.dword	faulted
