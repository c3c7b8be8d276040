/*
 * The guest's timer: with Sstc its own comparator (Priv 1.13 §18.2.12, vstimecmp). Without, the
 * host's timer stands in for it. That timer also serves the guest's devices: it waits for the
 * nearer of the two deadlines.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include "internal.h"

static void program(const struct vcpu *vcpu)
{
    uint64_t deadline =
        vcpu->guest_deadline < vcpu->device_deadline ? vcpu->guest_deadline : vcpu->device_deadline;
    if (deadline == UINT64_MAX) {
        interrupt_disable(IRQ_STI);
        return;
    }
    if (vcpu->has_sstc)
        csr_write_stimecmp(deadline);
    else
        firmware_set_timer(deadline);
    interrupt_enable(IRQ_STI);
}

static void fire(void)
{
    struct vcpu *vcpu = this_hart()->vcpu;
    uint64_t now = csr_read_time();
    if (now >= vcpu->guest_deadline) {
        vcpu->guest_deadline = UINT64_MAX;
        csr_set_hvip(IRQ_BIT(IRQ_VSTI));
    }
    if (now >= vcpu->device_deadline) {
        vcpu->device_deadline = UINT64_MAX;
        vcpu->on_device_timer(vcpu);
    }
    program(vcpu);
}

void timer_init(void)
{
    interrupt_set_handler(IRQ_STI, fire);
}

void vcpu_set_timer(struct vcpu *vcpu, uint64_t deadline)
{
    if (vcpu->has_sstc) {
        csr_write_vstimecmp(deadline);
        return;
    }
    csr_clear_hvip(IRQ_BIT(IRQ_VSTI));
    vcpu->guest_deadline = deadline;
    program(vcpu);
}

void vcpu_set_device_timer(struct vcpu *vcpu, uint64_t deadline)
{
    vcpu->device_deadline = deadline;
    program(vcpu);
}
