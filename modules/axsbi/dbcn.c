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
    enum err err = sbi_console_put(call->machine, (char)call->args[0]);
    if (err == OK)
        return sbi_done(0);
    return err == ERR_AGAIN ? sbi_no_room() : sbi_refuse(SBI_ERR_FAILED);
}

static inline bool put_short(struct sbi_machine *machine, struct vcpu *vcpu,
                             enum ledger_column column, char byte, uint64_t value)
{
    ledger_name(vcpu->ledger, column);
    if (sbi_console_put(machine, byte) != OK)
        return false;
    vcpu->x[REG_A0] = SBI_SUCCESS;
    vcpu->x[REG_A1] = value;
    return true;
}

static __attribute__((noinline)) bool write_one(struct sbi_machine *machine, struct vcpu *vcpu,
                                                const char *byte)
{
    return put_short(machine, vcpu, LEDGER_SBI_DBCN_WRITE, *byte, 1);
}

/* A byte in the guest's first region of RAM, which mostly is all of it, or none. */
static __attribute__((noinline)) bool write_if_short(struct sbi_machine *machine, struct vcpu *vcpu)
{
    uint64_t *x = vcpu->x;
    if (x[REG_A6] != SBI_DBCN_WRITE || x[REG_A0] > 1)
        return false;
    if (x[REG_A0] == 1) {
        const char *byte = guest_ptr_first(machine->memory, gpa(x[REG_A1]));
        return byte != NULL && x[REG_A2] == 0 && write_one(machine, vcpu, byte);
    }
    ledger_name(vcpu->ledger, LEDGER_SBI_DBCN_WRITE);
    x[REG_A1] = 0; /* and a0 is SBI_SUCCESS */
    return true;
}

/* Of a byte or none: most output comes so, and there is room. */
static bool shortcut(struct sbi_machine *machine, struct vcpu *vcpu)
{
    if (vcpu->x[REG_A6] != SBI_DBCN_WRITE_BYTE)
        return write_if_short(machine, vcpu);
    return put_short(machine, vcpu, LEDGER_SBI_DBCN_BYTE, (char)vcpu->x[REG_A0], 0);
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

const struct sbi_extension sbi_dbcn = {.id = SBI_EXT_DBCN,
                                       .handle = handle,
                                       .column = LEDGER_SBI_DBCN_WRITE,
                                       .columns = 3,
                                       .in_place = SBI_ALL_IN_PLACE,
                                       .shortcut = shortcut};
