/* hart-churn: starts and stops the second hart without an end, and asks HSM what it thinks of it.
 */
#include "../aggressor.h"
#include <axbare/arch/sbi.h>

#define LIMIT_S 60

static volatile bool stop_wanted;

static void spin(void)
{
    while (!stop_wanted)
        ;
}

static uint64_t status(void)
{
    return (uint64_t)sbi_hart_status(machine.peer);
}

/* SBI 2.0 §9.2: STOP_PENDING comes first. */
static void wait_for_stop(void)
{
    uint64_t limit = time_now() + LIMIT_S * machine.timebase, state;
    while ((state = status()) != SBI_HSM_STOPPED) {
        if (state != SBI_HSM_STARTED)
            check("status of a hart that stops", state, SBI_HSM_STOP_PENDING);
        check("the hart stops within 60 s", time_now() < limit, true);
    }
}

static void run_round(uint64_t n)
{
    (void)n;
    check("status before hart_start", status(), SBI_HSM_STOPPED);
    stop_wanted = false;
    second_run(spin);
    check("status of a started hart", status(), SBI_HSM_STARTED);
    check("hart_start of a started hart", (uint64_t)second_start(machine.peer, stop_self),
          (uint64_t)SBI_ERR_ALREADY_AVAILABLE);
    stop_wanted = true;
    wait_for_stop();
    aggressor_did(1);
}

const struct aggressor aggressor = {
    .name = "hart-churn", .work = "starts", .needs_second = true, .round = run_round};
