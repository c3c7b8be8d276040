/*
 * Fences of guests (SBI 2.0 §8). A vCPU that is not away needs no waiting for: it takes the request
 * before it enters again. The hart that asks is not away itself, so two that fence each other do
 * not wait for each other.
 */
#include <axhal/arch/cpu.h>
#include <axhal/arch/hfence.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <axvcpu/vcpu.h>
#include <lib/assert.h>
#include <lib/exit_path.h>

#define FENCES (VCPU_REQ_FENCE_I | VCPU_REQ_FENCE_VVMA | VCPU_REQ_FENCE_GVMA)

EXIT_PATH void vcpu_fence_local(struct vcpu *self, uint32_t requests)
{
    vcpu_assert_own(self);
    (void)self; /* hgatp has its VMID, which is the one that hfence.vvma means */
    if (requests & VCPU_REQ_FENCE_I)
        cpu_fence_i();
    if (requests & VCPU_REQ_FENCE_VVMA)
        cpu_hfence_vvma_all();
    if (requests & VCPU_REQ_FENCE_GVMA)
        cpu_hfence_gvma_all();
}

static bool answered(const struct vcpu *vcpu, uint32_t requests)
{
    return (atomic_load(&vcpu->requests) & requests) == 0 || !atomic_load(&vcpu->away);
}

static EXIT_PATH enum err wait_for(const struct vcpu *vcpu, uint32_t requests)
{
    DEBUG_ASSERT(vcpu->hart != this_hart());
    uint64_t deadline = time_now() + time_ms_to_ticks(HART_PATIENCE_MS);
    while (!answered(vcpu, requests)) {
        if (time_now() >= deadline) {
            log_error("VM %s: vCPU %u on hart %lu did not take a remote fence within %u ms; the "
                      "guest's call fails",
                      vcpu->ledger->vm_name, vcpu->id, (unsigned long)vcpu->hart->id,
                      HART_PATIENCE_MS);
            return ERR_TIMEOUT;
        }
        cpu_relax();
    }
    return OK;
}

EXIT_PATH enum err vcpu_fence_remote(struct vcpu *self, struct vcpu *vcpus, uint64_t mask,
                                     uint32_t requests)
{
    DEBUG_ASSERT(requests != 0 && (requests & ~(uint32_t)FENCES) == 0);
    spin_debug_assert_none_held(); /* it waits */
    vcpu_assert_own(self);
    enum err err = OK;
    bool was_away = atomic_load(&self->away); /* of an exit that is served in place */
    atomic_store(&self->away, false);
    mask &= ~(UINT64_C(1) << self->id);
    for (uint64_t rest = mask; rest != 0; rest &= rest - 1)
        vcpu_post(&vcpus[__builtin_ctzll(rest)], requests);
    enum ledger_column column = ledger_switch(self->ledger, LEDGER_WAIT_HART);
    for (uint64_t rest = mask; rest != 0 && err == OK; rest &= rest - 1)
        err = wait_for(&vcpus[__builtin_ctzll(rest)], requests);
    ledger_switch(self->ledger, column);
    atomic_store(&self->away, was_away);
    return err;
}
