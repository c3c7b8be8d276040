/*
 * The legacy 0.1 calls (SBI 2.0 §5) that early kernels still make: console, timer, shutdown. Each
 * is an extension of its own, a6 is ignored, and only a0 returns. The others, which read a hart
 * mask at a guest-virtual address, every kernel since SBI 0.2 replaces by IPI and RFENCE.
 */
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
    return return_a0(sbi_console_put(call->machine, (char)call->args[0]) ? 0 : SBI_ERR_FAILED);
}

static struct sbi_outcome console_getchar(const struct sbi_call *call)
{
    const struct sbi_console *console = &call->machine->console;
    char byte;
    if (console->read(console->context, &byte, 1) == 0)
        return return_a0(NO_BYTE);
    return return_a0((uint8_t)byte);
}

static struct sbi_outcome system_shutdown(const struct sbi_call *call)
{
    call->machine->reset(call->machine, SBI_SRST_SHUTDOWN, SBI_SRST_NO_REASON);
    return sbi_halt();
}

const struct sbi_extension sbi_legacy_set_timer = {SBI_EXT_LEGACY_SET_TIMER, set_timer,
                                                   LEDGER_SBI_LEGACY, 1, SBI_ALL_IN_PLACE};
const struct sbi_extension sbi_legacy_putchar = {SBI_EXT_LEGACY_PUTCHAR, console_putchar,
                                                 LEDGER_SBI_LEGACY, 1, SBI_ALL_IN_PLACE};
const struct sbi_extension sbi_legacy_getchar = {SBI_EXT_LEGACY_GETCHAR, console_getchar,
                                                 LEDGER_SBI_LEGACY, 1, SBI_ALL_IN_PLACE};
const struct sbi_extension sbi_legacy_shutdown = {SBI_EXT_LEGACY_SHUTDOWN, system_shutdown,
                                                  LEDGER_SBI_LEGACY, 1, 0};
