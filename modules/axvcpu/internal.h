#pragma once
#include <axvcpu/vcpu.h>

/* arch/ARCH/enter.S: enters; returns when exit_fast leaves an exit to the slow path. */
void vcpu_enter(struct vcpu *vcpu);
/* arch/ARCH/fetch.S: 0, or 1 if the fetch traps. */
int guest_fetch16(uint64_t gva, uint16_t *to);
/* timer.c: registers the host's timer interrupt for vCPUs on harts without Sstc. */
void timer_init(void);
/* timer.c: the hart's timer waits for the vCPU's deadlines no more. */
void timer_leave_vcpu(void);
