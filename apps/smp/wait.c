#include "wait.h"
#include <axhal/arch/cpu.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>

#define NEVER UINT64_MAX

/* SBI 2.0 §6.1: a timer in the far future also takes the pending interrupt back. */
static void end_timer(void)
{
    firmware_set_timer(NEVER);
}

void waits_init(void)
{
    interrupt_set_handler(IRQ_STI, end_timer);
    end_timer();
    interrupt_enable(IRQ_STI);
}

bool wait_until(condition_fn holds, const void *context)
{
    uint64_t deadline = time_now() + time_ms_to_ticks(HART_PATIENCE_MS);
    while (!holds(context)) {
        if (time_now() >= deadline)
            return false;
        cpu_relax();
    }
    return true;
}

bool park_until(condition_fn holds, const void *context)
{
    uint64_t deadline = time_now() + time_ms_to_ticks(HART_PATIENCE_MS);
    firmware_set_timer(deadline);
    mailbox_run();
    while (!holds(context) && time_now() < deadline) {
        interrupt_wait();
        mailbox_run();
    }
    end_timer();
    return holds(context);
}
