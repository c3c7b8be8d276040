/*
 * The first instructions. The boot loader enters _start with a0 = hart id, a1 = the device tree,
 * satp = 0 and interrupts off; the firmware enters _start_secondary with a0 = hart id, a1 = the
 * hart's struct hart (SBI 2.0 §9.1). The image begins with the header of a RISC-V Linux Image, so
 * that boot loaders (U-Boot's booti) take it for one.
 */
#include <axhal/offsets.h>

	.section .text.boot, "ax"
	.globl _start
_start:
	j	primary
	.balign 8
	.dword	0x200000		/* text_offset: from the start of RAM */
	.dword	image_size		/* with .bss and stacks */
	.dword	0			/* flags: little-endian */
	.word	2			/* header version 0.2 */
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.word	0

primary:
	csrw	sie, zero
	la	t0, bss_start
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, (t0)
	addi	t0, t0, 8
	j	1b
2:	la	sp, boot_stack_top
	mv	s0, a0
	mv	s1, a1
	la	a0, image_start
	ld	a1, image_linked_at
	la	a2, relocations_start
	la	a3, relocations_end
	sub	a3, a3, a2
	srli	a3, a3, 2		/* 4 bytes each */
	call	image_relocate
	mv	a0, s0
	call	hart_init_boot		/* a0 = hart id -> struct hart */
	mv	tp, a0
	ld	sp, HART_STACK_TOP(tp)
	mv	a0, s0
	mv	a1, s1
	mv	s0, zero		/* the end of the frame-pointer chain */
	mv	ra, zero
	tail	primary_entry

	.globl _start_secondary
_start_secondary:
	csrw	sie, zero
	mv	tp, a1
	ld	sp, HART_STACK_TOP(tp)
	mv	a0, tp
	mv	s0, zero
	mv	ra, zero
	tail	secondary_entry

/* Until the boot hart's own stack is known. */
	.section .stacks, "aw", @nobits
	.balign 16
	.space	512
boot_stack_top:
