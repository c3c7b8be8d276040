/*
 * ipi-storm: two harts send each other IPIs as fast as they can; alone a hart sends them to itself.
 * IPIs that come while one is pending are merged, so each burst ends in a few that are waited for.
 */
#include "../aggressor.h"
#include <axbare/arch/sbi.h>

#define BURST 60
#define ANSWERED 4

static uint64_t target; /* the first hart's: its index in `harts` */

static void storm(uint64_t id, const volatile uint64_t *handled)
{
    for (int i = 0; i < BURST; i++)
        check("send_ipi", (uint64_t)sbi_send_ipi(1, id), SBI_SUCCESS);
    for (int i = 0; i < ANSWERED; i++) {
        uint64_t old = *handled;
        check("send_ipi", (uint64_t)sbi_send_ipi(1, id), SBI_SUCCESS);
        wait_for_change(handled, old, "an IPI did not arrive");
    }
}

static void storm_back(void)
{
    for (;;)
        storm(self, &harts[0].ipis);
}

static void prepare(void)
{
    interrupts_enable(IRQ_BIT(IRQ_SSI));
    if (!machine.has_peer)
        return;
    target = 1;
    second_run(storm_back);
}

static void run_round(uint64_t n)
{
    (void)n;
    storm(target ? machine.peer : self, &harts[target].ipis);
    aggressor_did(BURST + ANSWERED);
}

const struct aggressor aggressor = {
    .name = "ipi-storm", .work = "IPIs", .prepare = prepare, .round = run_round};
