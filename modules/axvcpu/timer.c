/*
 * The guest's timer: with Sstc its own comparator (Priv 1.13 §18.2.12, vstimecmp). Without, the
 * host's timer stands in for it. That timer also serves the guest's devices and the host itself: it
 * waits for the nearest of all deadlines.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include <axvcpu/hart_timer.h>
#include <config/smp.h>
#include <lib/assert.h>
#include <stddef.h>
#include "internal.h"

static struct hart_timer *hart_timers[CONFIG_SMP]; /* those that are set; each hart's its own */

static uint64_t nearer(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* `vcpu` is the one on this hart, or NULL. */
static uint64_t next_deadline(const struct vcpu *vcpu)
{
    DEBUG_ASSERT(vcpu == NULL || vcpu->hart == this_hart());
    uint64_t deadline =
        vcpu == NULL ? UINT64_MAX : nearer(vcpu->guest_deadline, vcpu->device_deadline);
    for (const struct hart_timer *t = hart_timers[this_hart()->index]; t != NULL; t = t->next)
        deadline = nearer(deadline, t->deadline);
    return deadline;
}

/* exit_fast() may then deliver the guest's timer without a look at the others. */
static bool is_alone(const struct vcpu *vcpu)
{
    return vcpu->without_sstc && !vcpu->flush_at_entry && vcpu->device_deadline == UINT64_MAX &&
           hart_timers[this_hart()->index] == NULL;
}

static void program(struct vcpu *vcpu)
{
    uint64_t deadline = next_deadline(vcpu);
    if (vcpu != NULL)
        vcpu->timer_alone = is_alone(vcpu);
    if (deadline == UINT64_MAX) {
        interrupt_disable(IRQ_STI);
        return;
    }
    if (vcpu != NULL && !vcpu->without_sstc)
        csr_write_stimecmp(deadline);
    else
        firmware_set_timer(deadline);
    interrupt_enable(IRQ_STI);
}

static void fire_for_guest(struct vcpu *vcpu, uint64_t now)
{
    vcpu_assert_own(vcpu);
    if (now >= vcpu->guest_deadline) {
        vcpu_trace(vcpu, TRACE_TIMER_FIRED, vcpu->guest_deadline, now - vcpu->guest_deadline);
        vcpu->guest_deadline = UINT64_MAX;
        csr_set_hvip(IRQ_BIT(IRQ_VSTI));
    }
    if (now >= vcpu->device_deadline) {
        vcpu->device_deadline = UINT64_MAX;
        vcpu->on_device_timer(vcpu);
    }
}

static void take_out(const struct hart_timer *timer)
{
    struct hart_timer **at = &hart_timers[this_hart()->index];
    while (*at != NULL && *at != timer)
        at = &(*at)->next;
    if (*at != NULL)
        *at = timer->next;
}

static struct hart_timer *due(uint64_t now)
{
    struct hart_timer *t = hart_timers[this_hart()->index];
    while (t != NULL && t->deadline > now)
        t = t->next;
    return t;
}

static void fire(void)
{
    uint64_t now = csr_read_time();
    struct hart_timer *timer;
    if (this_hart()->vcpu != NULL)
        fire_for_guest(this_hart()->vcpu, now);
    while ((timer = due(now)) != NULL) {
        take_out(timer);
        timer->fire(timer);
    }
    program(this_hart()->vcpu);
}

void timer_init(void)
{
    interrupt_set_handler(IRQ_STI, fire);
}

void timer_leave_vcpu(void)
{
    program(NULL);
}

void hart_timer_set(struct hart_timer *timer, uint64_t deadline)
{
    DEBUG_ASSERT(timer->fire != NULL && this_hart()->index < CONFIG_SMP);
    struct hart_timer **first = &hart_timers[this_hart()->index];
    take_out(timer);
    timer->deadline = deadline;
    timer->next = *first;
    if (deadline != UINT64_MAX)
        *first = timer;
    timer_init();
    program(this_hart()->vcpu);
}

void vcpu_set_timer(struct vcpu *vcpu, uint64_t deadline)
{
    vcpu_assert_own(vcpu);
    vcpu_trace(vcpu, TRACE_TIMER_ARMED, deadline, 0);
    if (!vcpu->without_sstc) {
        csr_write_vstimecmp(deadline);
        return;
    }
    csr_clear_hvip(IRQ_BIT(IRQ_VSTI));
    vcpu->guest_deadline = deadline;
    vcpu->late.armed = deadline;
    program(vcpu);
}

void vcpu_set_device_timer(struct vcpu *vcpu, uint64_t deadline)
{
    DEBUG_ASSERT(vcpu->on_device_timer != NULL);
    vcpu_assert_own(vcpu);
    vcpu->device_deadline = deadline;
    program(vcpu);
}
