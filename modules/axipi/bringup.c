/* Harts in from the firmware and back to it (SBI 2.0 §9). */
#include <axhal/arch/cpu.h>
#include <axhal/boot.h>
#include <axhal/firmware.h>
#include <axhal/panic.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include "mailbox_close.h"

static const char *const state_names[] = {
    "STARTED",   "STOPPED",         "START_PENDING",  "STOP_PENDING",
    "SUSPENDED", "SUSPEND_PENDING", "RESUME_PENDING",
};

static const char *state_name(long state)
{
    if (state < 0)
        return sbi_error_name(state);
    return state < (long)(sizeof state_names / sizeof *state_names) ? state_names[state] : "?";
}

/*
 * A hart that was just given up is STARTED until its hart_stop reaches the firmware, and then
 * STOP_PENDING for a while. One that is online is not waited for: it stays STARTED.
 */
static bool is_leaving(const struct hart *hart)
{
    long state = firmware_hart_status(hart->id);
    return !hart->online && (state == SBI_HSM_STARTED || state == SBI_HSM_STOP_PENDING);
}

static void wait_until_stopped(const struct hart *hart)
{
    uint64_t deadline = time_now() + time_ms_to_ticks(HART_PATIENCE_MS);
    while (is_leaving(hart) && time_now() < deadline)
        cpu_relax();
}

static enum err wait_until_online(struct hart *hart)
{
    uint64_t deadline = time_now() + time_ms_to_ticks(HART_PATIENCE_MS);
    while (!hart->online) {
        if (time_now() >= deadline) {
            log_error("hart %lu: started, but not online after %u ms; the firmware says %s",
                      (unsigned long)hart->id, HART_PATIENCE_MS,
                      state_name(firmware_hart_status(hart->id)));
            return ERR_TIMEOUT;
        }
        cpu_relax();
    }
    return OK;
}

enum err hart_bring_up(struct hart *hart)
{
    ASSERT(hart != this_hart() && !hart->online);
    ASSERT(hart_entry().a != 0);
    spin_debug_assert_none_held();
    wait_until_stopped(hart);
    hart_note_step(hart, HART_STEP_HART_START);
    cpu_fence_before_signal(); /* the hart finds its data and what was set up for it */
    long error = firmware_hart_start(hart->id, hart_entry().a, (uintptr_t)hart);
    if (error != SBI_SUCCESS) {
        log_warn("hart %lu: hart_start: %s", (unsigned long)hart->id, sbi_error_name(error));
        return error == SBI_ERR_ALREADY_AVAILABLE ? ERR_EXISTS : ERR_FIRMWARE;
    }
    return wait_until_online(hart);
}

void hart_give_up(void)
{
    while (!mailbox_close())
        mailbox_run();
    long error = firmware_hart_stop();
    panic("hart %lu: hart_stop: %s", (unsigned long)this_hart()->id, sbi_error_name(error));
}
