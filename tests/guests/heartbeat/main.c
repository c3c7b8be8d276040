/*
 * heartbeat: prints `beat N` at every timer interrupt, 50 ms apart, for ever, or until there were
 * `rounds=N` of them; and only `heartbeat: …` if any other trap comes.
 */
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

#define PERIOD 500000 /* ticks: 50 ms of QEMU's 10 MHz */

void fail(const char *what)
{
    sayf("heartbeat: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    uint64_t rounds = bootargs_number(fdt, "rounds", UINT64_MAX), deadline = time_now();
    interrupts_enable(IRQ_BIT(IRQ_STI));
    for (uint64_t beat = 1; beat <= rounds; beat++) {
        uint64_t old = harts[0].timers;
        timer_arm(deadline += PERIOD);
        sleep_until_change(&harts[0].timers, old);
        sayf("beat %" PRIu64 "\n", beat);
    }
    sayf("heartbeat: %" PRIu64 " beats\n", rounds);
    shut_down(SBI_SRST_NO_REASON);
}
