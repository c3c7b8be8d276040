/* The second hart's entry. A trap outside an attempt (attempt.h) is an error of this program. */
.text
/* hart_start's target: harts.c looks at what the hart began with. */
.globl rogue_second_entry
rogue_second_entry:
    la sp, rogue_second_stack_end
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
rogue_second_stack_end:
    .skip 16384
stray_stack_end:
