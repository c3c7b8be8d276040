/*
 * Stillhart's own extension, in the space that is for SBI implementations (SBI 3.0 §23): the guest
 * begins and ends its VM's contract to take no exits (axtrace/quiet.h). Where it is asked for and
 * how it ends are exits too: the call that begins it and the one that ends it are none of its
 * violations, a look at it is.
 */
#include <axtrace/ledger_book.h>
#include <axtrace/quiet.h>
#include "extension.h"

/* Flags are for later: 0. */
static struct sbi_outcome begin(const struct sbi_call *call)
{
    if (call->args[0] != 0)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    enum err err = quiet_begin(call->machine->quiet, 0, QUIET_BY_GUEST);
    if (err == OK)
        return sbi_done(0);
    return sbi_refuse(err == ERR_EXISTS ? SBI_ERR_ALREADY_STARTED : SBI_ERR_FAILED);
}

static struct sbi_outcome end(const struct sbi_call *call)
{
    if (call->args[0] != 0)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (quiet_end(call->machine->quiet) != OK)
        return sbi_refuse(SBI_ERR_ALREADY_STOPPED);
    quiet_excuse(call->vcpu->ledger);
    return sbi_done(quiet_read(call->machine->quiet).exits);
}

static struct sbi_outcome status(const struct sbi_call *call)
{
    if (call->args[0] > SBI_QUIET_TICKS)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    struct quiet_summary quiet = quiet_read(call->machine->quiet);
    if (quiet.phase != QUIET_ON && quiet.phase != QUIET_ENDED)
        return sbi_refuse(SBI_ERR_INVALID_STATE);
    return sbi_done(call->args[0] == SBI_QUIET_EXITS ? quiet.exits : quiet.ended - quiet.begun);
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_QUIET_BEGIN:
        return begin(call);
    case SBI_QUIET_END:
        return end(call);
    case SBI_QUIET_STATUS:
        return status(call);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

const struct sbi_extension sbi_quiet = {
    .id = SBI_EXT_QUIET, .handle = handle, .column = LEDGER_SBI_QUIET, .columns = 1};
