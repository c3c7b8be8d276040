/*
 * RFENCE (SBI 3.0 §8): fences on a list of harts, done when the call returns. A range, and an
 * address space, are checked but not used: every sfence.vma covers all of both, which the
 * specification allows, and costs the host one request bit instead of a queue of ranges.
 */
#include <axsbi/answers.h>
#include <lib/bits.h>
#include <lib/exit_path.h>
#include "extension.h"

static EXIT_PATH struct sbi_outcome fence(const struct sbi_call *call, uint32_t requests,
                                          enum sbi_pmu_firmware_event event)
{
    struct vcpu *self = call->vcpu;
    uint64_t targets;
    if (!sbi_hart_mask(call->machine, call->args[0], call->args[1], &targets))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);

    const uint64_t others = targets & ~BIT(self->id);
    enum err err = OK;
    if (others) {
        err = vcpu_fence_remote(self, call->machine->vcpus, others, requests);
        self->events[event] += (uint64_t)__builtin_popcountll(others);
    }
    if (targets != others)
        vcpu_fence_local(self, requests);
    /* A hart that has not done it may still use what the guest is about to free. */
    return err == OK ? sbi_done(0) : sbi_refuse(SBI_ERR_FAILED);
}

static EXIT_PATH struct sbi_outcome fence_vma(const struct sbi_call *call,
                                              enum sbi_pmu_firmware_event event)
{
    if (!sbi_range_valid(call->args[2], call->args[3]))
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    return fence(call, VCPU_REQ_FENCE_VVMA, event);
}

static EXIT_PATH struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_RFENCE_FENCE_I:
        return fence(call, VCPU_REQ_FENCE_I, SBI_PMU_FW_FENCE_I_SENT);
    case SBI_RFENCE_SFENCE_VMA:
        return fence_vma(call, SBI_PMU_FW_SFENCE_VMA_SENT);
    case SBI_RFENCE_SFENCE_VMA_ASID:
        if (call->args[4] > call->vcpu->last_asid)
            return sbi_refuse(SBI_ERR_INVALID_PARAM);
        return fence_vma(call, SBI_PMU_FW_SFENCE_VMA_ASID_SENT);
    default:
        /* Among them the hfence functions: no hart of a guest has the H extension. */
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

const struct sbi_extension sbi_rfence = {.id = SBI_EXT_RFENCE,
                                         .handle = handle,
                                         .column = LEDGER_SBI_RFENCE_I,
                                         .columns = 4,
                                         .in_place = SBI_ALL_IN_PLACE};
