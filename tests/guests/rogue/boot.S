/* Entry of both harts. A trap outside an attempt (attempt.h) is an error of this program. */
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
    la t0, stray_trap
    csrw stvec, t0
    j rogue_main

/* hart_start's target: harts.c looks at what the hart began with. */
.globl second_start
second_start:
    la sp, second_stack_end
    la t0, stray_trap
    csrw stvec, t0
    csrr a2, satp
    csrr a3, sstatus
    j second_main

.balign 4
.globl stray_trap
stray_trap:
    la sp, stray_stack_end
    csrr a0, scause
    csrr a1, sepc
    csrr a2, stval
    j fail_stray

.bss
.balign 16
    .skip 16384
primary_stack_end:
    .skip 16384
second_stack_end:
    .skip 16384
stray_stack_end:
