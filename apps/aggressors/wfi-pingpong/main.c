/* wfi-pingpong: two harts wake each other from wfi by IPI, in turn: none may be lost or come twice.
 */
#include "../aggressor.h"
#include <axbare/arch/sbi.h>

#define LIMIT_S 60
#define ARM_EVERY 4096 /* rounds: so that the limit costs next to nothing */

static void answer(void)
{
    for (uint64_t n = 0;; n++) {
        sleep_until_change(&harts[1].ipis, n);
        check("IPIs of the second hart", harts[1].ipis, n + 1);
        check("send_ipi", (uint64_t)sbi_send_ipi(1, self), SBI_SUCCESS);
    }
}

static void prepare(void)
{
    interrupts_enable(IRQ_BIT(IRQ_SSI) | IRQ_BIT(IRQ_STI));
    second_run(answer);
}

static void run_round(uint64_t n)
{
    if (n % ARM_EVERY == 0)
        timer_arm(time_now() + LIMIT_S * machine.timebase);
    check("send_ipi", (uint64_t)sbi_send_ipi(1, machine.peer), SBI_SUCCESS);
    while (harts[0].ipis == n) {
        sleep_once(&harts[0].ipis, n);
        check("limits of 60 s that passed without the other's IPI", harts[0].timers, 0);
    }
    check("IPIs of the first hart", harts[0].ipis, n + 1);
    aggressor_did(2);
}

const struct aggressor aggressor = {.name = "wfi-pingpong",
                                    .work = "wakes",
                                    .needs_second = true,
                                    .prepare = prepare,
                                    .round = run_round};
