/* SUSP (SBI 2.0 §13): the VM sleeps until an interrupt of its last hart. */
#include "extension.h"

#define SUSPEND_TO_RAM 0

static struct sbi_outcome suspend(const struct sbi_call *call, uint32_t type, uint64_t resume)
{
    if (type != SUSPEND_TO_RAM) /* reserved, or platform-specific and not implemented (§13.1) */
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (!sbi_entry_valid(call->machine, resume))
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    if (!sbi_all_stopped(call->machine, call->vcpu))
        return sbi_refuse(SBI_ERR_DENIED);
    return sbi_suspend_to(call->vcpu, resume, call->args[2]);
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    if (call->function != SBI_SUSP_SUSPEND)
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    return suspend(call, (uint32_t)call->args[0], call->args[1]);
}

const struct sbi_extension sbi_susp = {
    .id = SBI_EXT_SUSP, .handle = handle, .column = LEDGER_SBI_SUSP, .columns = 1};
