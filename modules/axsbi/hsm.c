/*
 * HSM (SBI 2.0 §9): the states of the guest's harts. A state changes only by the hart itself, but
 * for STOPPED -> START_PENDING, which vcpu_start() makes by compare-and-swap.
 */
#include <axsbi/answers.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include "extension.h"

static enum err start_locked(struct sbi_machine *machine, uint64_t id, uint64_t at, uint64_t opaque)
{
    DEBUG_ASSERT(id < machine->vcpu_count);
    spin_lock(&machine->starts);
    enum err err = vcpu_start(&machine->vcpus[id], gpa(at), opaque);
    spin_unlock(&machine->starts);
    return err;
}

static struct sbi_outcome start(struct sbi_machine *machine, uint64_t id, uint64_t at,
                                uint64_t opaque)
{
    if (id >= machine->vcpu_count)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (!sbi_entry_valid(machine, at))
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    if (start_locked(machine, id, at, opaque) != OK)
        return sbi_refuse(SBI_ERR_ALREADY_AVAILABLE);
    return sbi_done(0);
}

/* Without the lock a hart that was seen STOPPED could be started by one that then stops itself,
 * before it is looked at (tests/model/hsm.pml). */
bool sbi_all_stopped(struct sbi_machine *machine, const struct vcpu *except)
{
    bool all = true;
    spin_lock(&machine->starts);
    for (uint32_t i = 0; i < machine->vcpu_count && all; i++) {
        struct vcpu *vcpu = &machine->vcpus[i];
        all = vcpu == except || atomic_load(&vcpu->hsm_state) == SBI_HSM_STOPPED;
    }
    spin_unlock(&machine->starts);
    return all;
}

/*
 * From the store on another hart may start this one: the request waits until this hart's run loop
 * takes it, and nothing of the stopping is left to do by then.
 */
static struct sbi_outcome stop(struct vcpu *vcpu)
{
    vcpu_set_state(vcpu, SBI_HSM_STOPPED);
    return sbi_halt();
}

static struct sbi_outcome status(const struct sbi_machine *machine, uint64_t id)
{
    uint64_t state;
    if (!sbi_status_answer(machine, id, &state))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    return sbi_done(state);
}

static struct sbi_outcome suspend(const struct sbi_call *call)
{
    const uint64_t resume = call->args[1];
    switch ((uint32_t)call->args[0]) { /* 32 bits wide: the rest is not looked at (§3) */
    case SBI_HSM_SUSPEND_RETENTIVE:
        return sbi_suspend(call->vcpu);
    case SBI_HSM_SUSPEND_NON_RETENTIVE:
        if (!sbi_entry_valid(call->machine, resume))
            return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
        return sbi_suspend_to(call->vcpu, resume, call->args[2]);
    default: /* reserved, or platform-specific and not implemented (§9.4) */
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    }
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_HSM_START:
        return start(call->machine, call->args[0], call->args[1], call->args[2]);
    case SBI_HSM_STOP:
        return stop(call->vcpu);
    case SBI_HSM_STATUS:
        return status(call->machine, call->args[0]);
    case SBI_HSM_SUSPEND:
        return suspend(call);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

const struct sbi_extension sbi_hsm = {.id = SBI_EXT_HSM,
                                      .handle = handle,
                                      .column = LEDGER_SBI_HSM_START,
                                      .columns = 4,
                                      .in_place = BIT(SBI_HSM_START) | BIT(SBI_HSM_STATUS)};
