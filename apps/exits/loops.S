/*
 * loop_NAME(const uint64_t registers[8], rounds): executes one instruction again and again, each time
 * with a0 and a1 as given, and a2 … a7 as the first time. The loops differ in that instruction only.
 * t0 is skip_trap's.
 */
.macro loop name, instruction:vararg
.balign 4
.globl loop_\name
loop_\name:
    addi sp, sp, -32
    sd s1, 0(sp)
    sd s2, 8(sp)
    sd s3, 16(sp)
    mv s3, a1
    ld s1, 0(a0)
    ld s2, 8(a0)
    .irp n, 2, 3, 4, 5, 6, 7
    ld a\n, 8 * \n(a0)
    .endr
1:  mv a0, s1
    mv a1, s2
    \instruction
    addi s3, s3, -1
    bnez s3, 1b
    ld s1, 0(sp)
    ld s2, 8(sp)
    ld s3, 16(sp)
    addi sp, sp, 32
    ret
.endm

/* A doorbell for peer 0, which is this guest, and the event taken back: a0 is the doorbell's
 * register, a1 what the one before it gets. */
.macro ring_and_take
    sw zero, (a0)
    sw a1, -4(a0)
.endm

.text
.option norvc
loop nop, nop
loop ecall, ecall
loop wfi, wfi
loop load_byte, lbu a1, (a0)
loop load_word, lwu a1, (a0)
loop store_byte, sb a1, (a0)
loop store_word, sw a1, (a0)
loop ring_and_take, ring_and_take
loop read_cycle, csrr a1, cycle
loop read_hgatp, csrr a1, 0x680

/* The trap vector while loops run: it returns to the next instruction, four bytes on. */
.balign 4
.globl skip_trap
skip_trap:
    csrr t0, sepc
    addi t0, t0, 4
    csrw sepc, t0
    sret
