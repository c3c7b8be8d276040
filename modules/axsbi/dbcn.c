/*
 * DBCN (SBI 2.0 §12): the debug console. A write never waits, and does what there is room for,
 * which may be nothing (§12.1). A byte waits (§12.3): the guest makes the call again until there is
 * room, and takes its interrupts in between; SBI_ERR_FAILED says that the console is broken.
 */
#include "extension.h"

/*
 * The specification lets a call do less than asked, and the guest sees how much it did. So a call
 * handles at most this much, and the time of an exit has a bound.
 */
#define BYTES_PER_CALL 128

static size_t bounded(uint64_t count)
{
    return count < BYTES_PER_CALL ? count : BYTES_PER_CALL;
}

/*
 * Both move up to a0 bytes between the console and the memory at physical a2:a1, with all of which
 * the guest may do the same (SBI 2.0 §3.2); no bytes have no address that could be wrong.
 */
static struct sbi_outcome write_bytes(const struct sbi_call *call)
{
    const struct sbi_console *console = &call->machine->console;
    const uint64_t count = call->args[0];
    if (count == 0)
        return sbi_done(0);
    const char *bytes = guest_ptr_read(call->machine->memory, gpa(call->args[1]), count);
    if (call->args[2] != 0 || !bytes)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    return sbi_done(console->write(console->context, bytes, bounded(count)));
}

static struct sbi_outcome read_bytes(const struct sbi_call *call)
{
    const struct sbi_console *console = &call->machine->console;
    const uint64_t count = call->args[0];
    if (count == 0)
        return sbi_done(0);
    char *bytes = guest_ptr(call->machine->memory, gpa(call->args[1]), count);
    if (call->args[2] != 0 || !bytes)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    return sbi_done(console->read(console->context, bytes, bounded(count)));
}

static struct sbi_outcome write_byte(const struct sbi_call *call)
{
    enum err err = sbi_console_put(call);
    if (err == OK)
        return sbi_done(0);
    return err == ERR_AGAIN ? sbi_no_room() : sbi_refuse(SBI_ERR_FAILED);
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_DBCN_WRITE:
        return write_bytes(call);
    case SBI_DBCN_READ:
        return read_bytes(call);
    case SBI_DBCN_WRITE_BYTE:
        return write_byte(call);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

const struct sbi_extension sbi_dbcn = {SBI_EXT_DBCN, handle, LEDGER_SBI_DBCN_WRITE, 3,
                                       SBI_ALL_IN_PLACE};
