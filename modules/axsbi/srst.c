/* SRST (SBI 2.0 §10): shutdown and reboot of the whole VM. */
#include "extension.h"

/* Both arguments are 32 bits wide. Vendor types and reasons are not implemented (§10.1). */
static struct sbi_outcome reset(struct sbi_machine *machine, uint32_t type, uint32_t reason)
{
    if (type > SBI_SRST_WARM_REBOOT || reason > SBI_SRST_SYSTEM_FAILURE)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    machine->reset(machine, type, reason);
    return sbi_halt();
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    if (call->function != SBI_SRST_RESET)
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    return reset(call->machine, (uint32_t)call->args[0], (uint32_t)call->args[1]);
}

const struct sbi_extension sbi_srst = {
    .id = SBI_EXT_SRST, .handle = handle, .column = LEDGER_SBI_SRST, .columns = 1};
