/*
 * The legacy 0.1 calls (SBI 3.0 §5), which small kernels still make. Each is an extension of its
 * own, a6 is ignored, and only a0 returns. Lists of harts are 64 bits in the guest's own memory, at
 * a virtual address; harts that are not there are ignored, as OpenSBI does, and no address means
 * all.
 */
#include <lib/bits.h>
#include "extension.h"

#define NO_BYTE (-1)

static struct sbi_outcome return_a0(int32_t a0)
{
    return (struct sbi_outcome){SBI_RESUME, a0, 0};
}

static struct sbi_outcome set_timer(const struct sbi_call *call)
{
    vcpu_set_timer(call->vcpu, call->args[0]);
    return return_a0(0);
}

static struct sbi_outcome console_putchar(const struct sbi_call *call)
{
    /* SBI 2.0 §5.2: 0, or an error of our choice. */
    enum err err = sbi_console_put(call->machine, (char)call->args[0]);
    if (err == ERR_AGAIN)
        return sbi_no_room();
    return return_a0(err == OK ? 0 : SBI_ERR_FAILED);
}

static bool console_putchar_shortly(struct sbi_machine *machine, struct vcpu *vcpu)
{
    ledger_name(vcpu->ledger, LEDGER_SBI_LEGACY);
    if (sbi_console_put(machine, (char)vcpu->x[REG_A0]) != OK)
        return false;
    vcpu->x[REG_A0] = 0;
    return true;
}

static struct sbi_outcome console_getchar(const struct sbi_call *call)
{
    const struct sbi_console *console = &call->machine->console;
    char byte;
    if (console->read(console->context, &byte, 1) == 0)
        return return_a0(NO_BYTE);
    return return_a0((uint8_t)byte);
}

static struct sbi_outcome clear_ipi(const struct sbi_call *call)
{
    vcpu_clear_ipi(call->vcpu);
    return return_a0(0);
}

/* The call of today's extension that does the same, with the list that a0 points to. */
static struct sbi_outcome with_list(const struct sbi_call *call, uint64_t function,
                                    const struct sbi_extension *successor)
{
    uint64_t list = UINT64_MAX;
    if (call->args[0] != 0 && !vcpu_load64(call->vcpu, gva(call->args[0]), &list))
        return return_a0(SBI_ERR_INVALID_ADDRESS);
    const uint64_t args[] = {list & MASK(call->machine->vcpu_count - 1, 0),
                             0,
                             call->args[1],
                             call->args[2],
                             call->args[3],
                             0};
    const struct sbi_call same = {call->machine, call->vcpu, function, args};
    return return_a0(successor->handle(&same).error);
}

static struct sbi_outcome send_ipi(const struct sbi_call *call)
{
    return with_list(call, SBI_IPI_SEND, &sbi_ipi);
}

static struct sbi_outcome fence_i(const struct sbi_call *call)
{
    return with_list(call, SBI_RFENCE_FENCE_I, &sbi_rfence);
}

static struct sbi_outcome sfence_vma(const struct sbi_call *call)
{
    return with_list(call, SBI_RFENCE_SFENCE_VMA, &sbi_rfence);
}

static struct sbi_outcome sfence_vma_asid(const struct sbi_call *call)
{
    return with_list(call, SBI_RFENCE_SFENCE_VMA_ASID, &sbi_rfence);
}

static struct sbi_outcome system_shutdown(const struct sbi_call *call)
{
    call->machine->reset(call->machine, SBI_SRST_SHUTDOWN, SBI_SRST_NO_REASON);
    return sbi_halt();
}

const struct sbi_extension sbi_legacy_set_timer = {.id = SBI_EXT_LEGACY_SET_TIMER,
                                                   .handle = set_timer,
                                                   .column = LEDGER_SBI_LEGACY,
                                                   .columns = 1,
                                                   .in_place = SBI_ALL_IN_PLACE};
const struct sbi_extension sbi_legacy_putchar = {.id = SBI_EXT_LEGACY_PUTCHAR,
                                                 .handle = console_putchar,
                                                 .column = LEDGER_SBI_LEGACY,
                                                 .columns = 1,
                                                 .in_place = SBI_ALL_IN_PLACE,
                                                 .shortcut = console_putchar_shortly};
const struct sbi_extension sbi_legacy_getchar = {.id = SBI_EXT_LEGACY_GETCHAR,
                                                 .handle = console_getchar,
                                                 .column = LEDGER_SBI_LEGACY,
                                                 .columns = 1,
                                                 .in_place = SBI_ALL_IN_PLACE};
const struct sbi_extension sbi_legacy_clear_ipi = {.id = SBI_EXT_LEGACY_CLEAR_IPI,
                                                   .handle = clear_ipi,
                                                   .column = LEDGER_SBI_LEGACY,
                                                   .columns = 1,
                                                   .in_place = SBI_ALL_IN_PLACE};
/* To read the guest's memory wants its hstatus, which the slow path has saved. */
const struct sbi_extension sbi_legacy_send_ipi = {
    .id = SBI_EXT_LEGACY_SEND_IPI, .handle = send_ipi, .column = LEDGER_SBI_LEGACY, .columns = 1};
const struct sbi_extension sbi_legacy_fence_i = {
    .id = SBI_EXT_LEGACY_FENCE_I, .handle = fence_i, .column = LEDGER_SBI_LEGACY, .columns = 1};
const struct sbi_extension sbi_legacy_sfence_vma = {.id = SBI_EXT_LEGACY_SFENCE_VMA,
                                                    .handle = sfence_vma,
                                                    .column = LEDGER_SBI_LEGACY,
                                                    .columns = 1};
const struct sbi_extension sbi_legacy_sfence_vma_asid = {.id = SBI_EXT_LEGACY_SFENCE_VMA_ASID,
                                                         .handle = sfence_vma_asid,
                                                         .column = LEDGER_SBI_LEGACY,
                                                         .columns = 1};
const struct sbi_extension sbi_legacy_shutdown = {.id = SBI_EXT_LEGACY_SHUTDOWN,
                                                  .handle = system_shutdown,
                                                  .column = LEDGER_SBI_LEGACY,
                                                  .columns = 1};
