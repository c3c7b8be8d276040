/*
 * The guest's timer: with Sstc its own comparator (Priv 1.13 §18.2.12, vstimecmp). Without, the
 * host's timer stands in: it is the guest's alone, since its hart is.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include "internal.h"

static void fire(void)
{
    interrupt_disable(IRQ_STI);
    csr_set_hvip(IRQ_BIT(IRQ_VSTI));
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
    firmware_set_timer(deadline);
    interrupt_enable(IRQ_STI);
}
