/* wfi-pingpong: two harts wake each other from wfi by IPI, in turn: none may be lost or come twice.
 */
#include "../aggressor.h"
#include <axbare/arch/sbi.h>

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
    interrupts_enable(IRQ_BIT(IRQ_SSI));
    second_run(answer);
}

static void run_round(uint64_t n)
{
    check("send_ipi", (uint64_t)sbi_send_ipi(1, machine.peer), SBI_SUCCESS);
    sleep_until_change(&harts[0].ipis, n);
    check("IPIs of the first hart", harts[0].ipis, n + 1);
    aggressor_did(2);
}

const struct aggressor aggressor = {.name = "wfi-pingpong",
                                    .work = "wakes",
                                    .needs_second = true,
                                    .prepare = prepare,
                                    .round = run_round};
