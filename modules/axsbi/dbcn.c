/* DBCN (SBI 2.0 §12): the debug console. */
#include "extension.h"

/*
 * The specification lets a call do less than asked, and the guest sees how much it did. So a call
 * handles at most this much, and the time of an exit has a bound.
 */
#define BYTES_PER_CALL 256

static size_t put(const struct sbi_console *console, char *bytes, size_t count)
{
    console->write(console->context, bytes, count);
    return count;
}

static size_t get(const struct sbi_console *console, char *bytes, size_t room)
{
    return console->read(console->context, bytes, room);
}

/*
 * Moves up to a0 bytes between the console and the memory at physical a2:a1, all of which must be
 * the guest's (SBI 2.0 §3.2); no bytes have no address that could be wrong.
 */
static struct sbi_outcome transfer(const struct sbi_call *call,
                                   size_t (*move)(const struct sbi_console *, char *, size_t))
{
    const uint64_t count = call->args[0];
    if (count == 0)
        return sbi_done(0);
    if (call->args[2] != 0)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    char *bytes = guest_ptr(call->machine->memory, gpa(call->args[1]), count);
    if (!bytes)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    return sbi_done(
        move(&call->machine->console, bytes, count < BYTES_PER_CALL ? count : BYTES_PER_CALL));
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_DBCN_WRITE:
        return transfer(call, put);
    case SBI_DBCN_READ:
        return transfer(call, get);
    case SBI_DBCN_WRITE_BYTE:
        sbi_console_put(call->machine, (char)call->args[0]);
        return sbi_done(0);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

const struct sbi_extension sbi_dbcn = {SBI_EXT_DBCN, handle, LEDGER_SBI_DBCN_WRITE, 3,
                                       SBI_ALL_IN_PLACE};
