/* One access each, whose trap is its result: see probe.h. Interrupts are off, so nothing else traps. */
.macro begin
    la t0, probe_trapped
    csrrw t1, stvec, t0
.endm
.macro done
    li a0, 0
    csrw stvec, t1
    ret
.endm
.macro loads name, op
.balign 4
.globl probe_\name
probe_\name:
    begin
    \op t2, (a0)
    sd t2, (a1)
    done
.endm
.macro stores name, op
.balign 4
.globl probe_\name
probe_\name:
    begin
    \op a1, (a0)
    done
.endm

.text
loads load1, lbu
loads load2, lhu
loads load4, lwu
loads load8, ld
stores store1, sb
stores store2, sh
stores store4, sw
stores store8, sd

.balign 4
probe_trapped:
    csrr a0, scause
    csrw stvec, t1
    ret
