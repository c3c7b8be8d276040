/* What other harts ask of a vCPU. */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axipi/mailbox.h>
#include <axvcpu/vcpu.h>

void vcpu_post(struct vcpu *vcpu, uint32_t requests)
{
    atomic_fetch_or(&vcpu->requests, requests);
    if (atomic_load(&vcpu->away) && vcpu->hart != this_hart())
        hart_kick(vcpu->hart);
}

uint32_t vcpu_take_requests(struct vcpu *vcpu)
{
    if (atomic_load(&vcpu->requests) == 0)
        return 0;
    uint32_t taken = atomic_exchange(&vcpu->requests, 0);
    if (taken & VCPU_REQ_IPI)
        csr_set_hvip(IRQ_BIT(IRQ_VSSI));
    if (taken & VCPU_REQ_EXTERNAL)
        vcpu_set_external(vcpu, atomic_load(&vcpu->external_level));
    vcpu_fence_local(vcpu, taken);
    return taken;
}

enum err vcpu_start(struct vcpu *vcpu, gpa_t pc, uint64_t opaque)
{
    uint32_t stopped = SBI_HSM_STOPPED;
    if (!atomic_compare_exchange_strong(&vcpu->hsm_state, &stopped, SBI_HSM_START_PENDING))
        return ERR_EXISTS;
    vcpu->start_pc = pc.a;
    vcpu->start_opaque = opaque;
    vcpu_post(vcpu, VCPU_REQ_START);
    return OK;
}
