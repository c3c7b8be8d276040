/* BASE (SBI 3.0 §4): what this SBI is, and which extensions it has. No call of it fails. */
#include <axsbi/answers.h>
#include "extension.h"

static struct sbi_outcome handle(const struct sbi_call *call)
{
    uint64_t value;
    if (!sbi_base_answer(call->machine, call->function, call->args[0], &value))
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    return sbi_done(value);
}

const struct sbi_extension sbi_base = {.id = SBI_EXT_BASE,
                                       .handle = handle,
                                       .column = LEDGER_SBI_BASE,
                                       .columns = 1,
                                       .in_place = SBI_ALL_IN_PLACE};
