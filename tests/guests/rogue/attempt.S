/* attempt_enter(attempt): see attempt.h for the offsets. sstatus is set; returns at the trap. */
#define F 256
#define FCSR 512
#define PC 520
#define CAUSE 528
#define TVAL 536
#define STATUS 544
#define OUTER_SP 552

.macro outer op
    .set slot, 0
    .irp reg, ra, gp, tp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    \op \reg, slot * 8(sp)
    .set slot, slot + 1
    .endr
.endm
.macro floats op
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    \op f\n, F + 8 * \n(a0)
    .endr
.endm
.macro all_but_a0 op
    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    \op x\n, 8 * \n(a0)
    .endr
.endm

.text
.balign 4
.globl attempt_enter
attempt_enter:
    addi sp, sp, -128
    outer sd
    sd sp, OUTER_SP(a0)
    csrw sscratch, a0
    la t0, attempt_end
    csrw stvec, t0
    ld t0, PC(a0)
    csrw sepc, t0
    ld t0, FCSR(a0)
    csrw fcsr, t0
    floats fld
    all_but_a0 ld
    ld a0, 80(a0)
    sret

.balign 4
attempt_end:
    csrrw a0, sscratch, a0
    all_but_a0 sd
    csrr t0, sscratch
    sd t0, 80(a0)
    floats fsd
    csrr t0, fcsr
    sd t0, FCSR(a0)
    csrr t0, sepc
    sd t0, PC(a0)
    csrr t0, scause
    sd t0, CAUSE(a0)
    csrr t0, stval
    sd t0, TVAL(a0)
    csrr t0, sstatus
    sd t0, STATUS(a0)
    la t0, stray_trap
    csrw stvec, t0
    ld sp, OUTER_SP(a0)
    outer ld
    addi sp, sp, 128
    ret
