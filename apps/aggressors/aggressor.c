/* Rounds, checks and the two lines; see aggressor.h. */
#include "aggressor.h"
#include <axbare/arch/sbi.h>
#include <inttypes.h>
#include <stdio.h>

struct machine machine;
uint64_t self;
static uint64_t done;
static void (*second_job)(void);
static volatile uint64_t second_starts;

void fail(const char *what)
{
    sayf("%s: FAIL: %s\n", aggressor.name, what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

void check(const char *what, uint64_t got, uint64_t expected)
{
    char text[120];
    if (got == expected)
        return;
    snprintf(text, sizeof text, "%s: got %" PRIx64 ", expected %" PRIx64, what, got, expected);
    fail(text);
}

void aggressor_did(uint64_t count)
{
    done += count;
}

static void second_main(void)
{
    interrupts_enable(IRQ_BIT(IRQ_SSI));
    second_starts = second_starts + 1;
    second_job();
    interrupts_disable(IRQ_BIT(IRQ_SSI));
    stop_self();
}

void second_run(void (*job)(void))
{
    uint64_t old = second_starts;
    second_job = job;
    check("hart_start", (uint64_t)second_start(machine.peer, second_main), SBI_SUCCESS);
    wait_for_change(&second_starts, old, "the second hart did not come");
}

void bare_main(uint64_t id, const void *fdt)
{
    self = id;
    machine_read(&machine, fdt, id);
    if (aggressor.needs_second && !machine.has_peer)
        fail("needs a second hart, and HSM has none that is stopped");
    uint64_t rounds = bootargs_number(fdt, "rounds", UINT64_MAX);
    sayf("%s: begins\n", aggressor.name);
    if (aggressor.prepare)
        aggressor.prepare();
    for (uint64_t n = 0; n < rounds; n++)
        aggressor.round(n);
    sayf("%s: %" PRIu64 " rounds, %" PRIu64 " %s\n", aggressor.name, rounds, done, aggressor.work);
    shut_down(SBI_SRST_NO_REASON);
}
