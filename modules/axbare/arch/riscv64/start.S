/*
 * Entry of both harts, and the trap vector. tp points to the hart's own struct hart; nothing
 * here uses gp.
 */
/* The registers that a C function may change. */
.macro caller_saved op
    .set slot, 0
    .irp reg, ra, t0, t1, t2, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
    \op \reg, slot * 8(sp)
    .set slot, slot + 1
    .endr
.endm

.section .text.start, "ax"
/* SBI 2.0 §9.1: a0 is the hart's id, a1 the device tree; satp and sstatus.SIE are 0. */
.globl _start
_start:
    la t0, bss_start
    la t1, bss_end
1:  sd zero, (t0)
    addi t0, t0, 8
    bltu t0, t1, 1b
    la sp, primary_stack_end
    la tp, harts
    la t0, trap_entry
    csrw stvec, t0
    j bare_main

/* hart_start's target: a1, the opaque argument, is the hart's struct hart; `main` is its first. */
.globl second_entry
second_entry:
    la sp, second_stack_end
    mv tp, a1
    la t0, trap_entry
    csrw stvec, t0
    ld t0, (tp)
    jr t0

/* The time of arrival is read before anything else; sscratch carries it past the saves. */
.balign 4
trap_entry:
    csrw sscratch, t0
    rdtime t0
    csrrw t0, sscratch, t0
    addi sp, sp, -128
    caller_saved sd
    csrr a0, scause
    csrr a1, sscratch
    call trap_handle
    caller_saved ld
    addi sp, sp, 128
    sret

.bss
.balign 16
    .skip 16384
primary_stack_end:
    .skip 16384
second_stack_end:
