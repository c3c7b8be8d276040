/* BASE (SBI 2.0 §4): what this SBI is, and which extensions it has. No call of it fails. */
#include "extension.h"

static struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_BASE_SPEC_VERSION:
        return sbi_done(SBI_GUEST_SPEC_VERSION);
    case SBI_BASE_IMPL_ID:
        return sbi_done(SBI_GUEST_IMPL_ID);
    case SBI_BASE_IMPL_VERSION:
        return sbi_done(SBI_GUEST_IMPL_VERSION);
    case SBI_BASE_PROBE:
        return sbi_done(sbi_probe(call->args[0]));
    case SBI_BASE_MVENDORID:
        return sbi_done(call->machine->mvendorid);
    case SBI_BASE_MARCHID:
        return sbi_done(call->machine->marchid);
    case SBI_BASE_MIMPID:
        return sbi_done(call->machine->mimpid);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

const struct sbi_extension sbi_base = {SBI_EXT_BASE, handle, LEDGER_SBI_BASE, 1, SBI_ALL_IN_PLACE};
