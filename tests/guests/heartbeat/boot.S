/* Entry, and the vector of the timer interrupt: all of the guest's life is in interrupts. */
.section .text.start, "ax"
.globl _start
_start:
    la t0, bss_start
    la t1, bss_end
1:  sd zero, (t0)
    addi t0, t0, 8
    bltu t0, t1, 1b
    la sp, stack_end
    la t0, vector
    csrw stvec, t0
    call heartbeat_init
idle:
    wfi
    j idle

/* What it interrupts is `idle`, which uses no register. */
.balign 4
vector:
    csrr a0, scause
    csrr a1, sepc
    call heartbeat_trap
    sret

.bss
.balign 16
    .skip 4096
stack_end:
