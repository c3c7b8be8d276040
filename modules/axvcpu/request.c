/* What other harts ask of a vCPU. */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axipi/mailbox.h>
#include <axvcpu/vcpu.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include "internal.h"

/* The sender is what runs here: a vCPU of this hart, or the host. */
static void trace_sent(const struct vcpu *to, uint32_t requests)
{
    const struct vcpu *self = this_hart()->vcpu;
    if (self != NULL)
        vcpu_trace(self, TRACE_IPI_SENT, to->hart->index, requests);
    else
        trace(TRACE_IPI_SENT, TRACE_NO_VCPU, TRACE_NO_VCPU, to->hart->index, requests);
}

EXIT_PATH void vcpu_post(struct vcpu *vcpu, uint32_t requests)
{
    DEBUG_ASSERT(requests != 0 && vcpu->hart != NULL);
    atomic_fetch_or(&vcpu->requests, requests);
    if (atomic_load(&vcpu->away) && vcpu->hart != this_hart()) {
        trace_sent(vcpu, requests);
        hart_kick(vcpu->hart);
    }
}

void vcpu_pause(struct vcpu *vcpu, bool wanted)
{
    atomic_store(&vcpu->pause_wanted, wanted);
    vcpu_post(vcpu, VCPU_REQ_PAUSE);
}

/* With vsie zero what is pending for the guest does not end the hart's wfi (Priv 1.13 §3.3.3). */
static void follow_pause(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    bool wanted = atomic_load(&vcpu->pause_wanted);
    if (wanted && !vcpu_is_paused(vcpu)) {
        vcpu->paused_vsie = csr_read_vsie();
        csr_write_vsie(0);
    } else if (!wanted && vcpu_is_paused(vcpu)) {
        csr_write_vsie(vcpu->paused_vsie);
    }
    atomic_store_explicit(&vcpu->paused, wanted, memory_order_relaxed);
}

/* One that was not read yet is as good. */
static void follow_look(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    if (atomic_load(&vcpu->looked))
        return;
    uint64_t status = csr_read_vsstatus();
    vcpu->look = (struct vcpu_look){.pc = vcpu->sepc,
                                    .trap_pc = csr_read_vsepc(),
                                    .cause = csr_read_vscause(),
                                    .vector = csr_read_vstvec(),
                                    .in_trap = (vcpu->sstatus & status & SSTATUS_SPP) != 0 &&
                                               (status & SSTATUS_SIE) == 0};
    atomic_store(&vcpu->looked, true);
}

static void follow_rare(struct vcpu *vcpu, uint32_t taken)
{
    if (taken & VCPU_REQ_PAUSE)
        follow_pause(vcpu);
    if (taken & VCPU_REQ_USER)
        vcpu_delegate_user_calls();
    if (taken & VCPU_REQ_LOOK)
        follow_look(vcpu);
}

/* Of several that came between two entries one is seen. */
static void count_events(struct vcpu *vcpu, uint32_t taken)
{
    vcpu->events[SBI_PMU_FW_IPI_RECEIVED] += (taken & VCPU_REQ_IPI) != 0;
    vcpu->events[SBI_PMU_FW_FENCE_I_RECEIVED] += (taken & VCPU_REQ_FENCE_I) != 0;
    vcpu->events[SBI_PMU_FW_SFENCE_VMA_RECEIVED] += (taken & VCPU_REQ_FENCE_VVMA) != 0;
}

EXIT_PATH uint32_t vcpu_take_requests(struct vcpu *vcpu, uint32_t which)
{
    DEBUG_ASSERT(which != 0);
    vcpu_assert_own(vcpu);
    if ((atomic_load(&vcpu->requests) & which) == 0)
        return 0;
    uint32_t taken = atomic_fetch_and(&vcpu->requests, ~which) & which;
    vcpu_trace(vcpu, TRACE_IPI_RECEIVED, taken, 0);
    if (taken & VCPU_REQ_IPI)
        csr_set_hvip(IRQ_BIT(IRQ_VSSI));
    if (taken & VCPU_REQ_EXTERNAL)
        vcpu_set_external(vcpu, atomic_load(&vcpu->external_level));
    if (taken & (VCPU_REQ_PAUSE | VCPU_REQ_USER | VCPU_REQ_LOOK))
        follow_rare(vcpu, taken);
    vcpu_fence_local(vcpu, taken);
    count_events(vcpu, taken);
    return taken;
}

enum err vcpu_start(struct vcpu *vcpu, gpa_t pc, uint64_t opaque)
{
    uint32_t stopped = SBI_HSM_STOPPED;
    if (!atomic_compare_exchange_strong(&vcpu->hsm_state, &stopped, SBI_HSM_START_PENDING))
        return ERR_EXISTS;
    vcpu_trace(vcpu, TRACE_STATE, SBI_HSM_STOPPED, SBI_HSM_START_PENDING);
    vcpu->start_pc = pc.a;
    vcpu->start_opaque = opaque;
    vcpu_post(vcpu, VCPU_REQ_START);
    return OK;
}
