/*
 * uint64_t suspend_to_resume(extension, function, type, opaque, struct resumed *): the SBI call's
 * error if it returns; 0 when the hart has resumed at `resumed_here`, and *resumed is written.
 */
.text
.globl suspend_to_resume
suspend_to_resume:
    addi sp, sp, -128
    .set slot, 0
    .irp reg, ra, gp, tp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, a4
    sd \reg, slot * 8(sp)
    .set slot, slot + 1
    .endr
    la t0, suspended_sp
    sd sp, (t0)
    mv a7, a0
    mv a6, a1
    mv a0, a2
    mv a2, a3
    la a1, resumed_here
    ecall
    ld ra, (sp)
    addi sp, sp, 128
    ret

.balign 4
resumed_here:
    la t0, suspended_sp
    ld sp, (t0)
    ld a4, 15 * 8(sp)
    sd a0, 0(a4)
    sd a1, 8(a4)
    csrr t0, satp
    sd t0, 16(a4)
    csrr t0, sstatus
    andi t0, t0, 2
    sd t0, 24(a4)
    la t0, stray_trap
    csrw stvec, t0
    .set slot, 0
    .irp reg, ra, gp, tp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    ld \reg, slot * 8(sp)
    .set slot, slot + 1
    .endr
    addi sp, sp, 128
    li a0, 0
    ret

.bss
.balign 8
suspended_sp:
    .skip 8
