/* TIME (SBI 2.0 §6): the timer of the calling hart. */
#include "extension.h"

static struct sbi_outcome handle(const struct sbi_call *call)
{
    if (call->function != SBI_TIME_SET_TIMER)
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    vcpu_set_timer(call->vcpu, call->args[0]);
    return sbi_done(0);
}

const struct sbi_extension sbi_time = {.id = SBI_EXT_TIME,
                                       .handle = handle,
                                       .column = LEDGER_SBI_TIME,
                                       .columns = 1,
                                       .in_place = SBI_ALL_IN_PLACE};
