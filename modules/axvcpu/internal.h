#pragma once
#include <axvcpu/vcpu.h>

/* arch/ARCH/enter.S: enters; returns with what exit_in_place() left: EXIT_OPEN or EXIT_LOOP. */
enum exit_left vcpu_enter(struct vcpu *vcpu);
/* setup.c: own hart: the guest takes its userspace's system calls itself from now on. */
void vcpu_delegate_user_calls(void);
/* arch/ARCH/fetch.S: 0, or 1 if the fetch traps. */
int guest_fetch16(uint64_t gva, uint16_t *to);
int guest_load64(uint64_t gva, uint64_t *to);
/* aia.c: on its own hart: the state of the AIA as after reset, the guest interrupt file selected in
 * hstatus and empty; no file is selected. */
void aia_attach(const struct vcpu *vcpu);
void aia_detach(void);
/* aia.c: the hstateen0 bits that give the guest its state (AIA 1.0 §2.5). */
uint64_t aia_stateen(const struct vcpu *vcpu);
/* late.c: what makes the guest's timer late. After each exit on the slow path, and before the entry
 * that follows it, whose piece of time is not booked yet. */
void late_at_exit(struct vcpu *vcpu);
void late_at_entry(struct vcpu *vcpu);
/* timer.c: registers the host's timer interrupt for vCPUs on harts without Sstc. */
void timer_init(void);
/* timer.c: the hart's timer no longer waits for the vCPU's deadlines. */
void timer_leave_vcpu(void);
