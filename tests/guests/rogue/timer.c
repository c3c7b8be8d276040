/* The timer, in the past and near the end of time. */
#include "cases.h"

#define LIMIT_MS 10000 /* for what must come: the emulator raises it in a thread of its own */

/* The last look is after the end, whatever the build machine did in between. */
static bool pends_within_ms(const struct machine *m, uint64_t ms)
{
    uint64_t end = time_now() + m->timebase / 1000 * ms;
    bool is_last;
    do {
        is_last = time_now() >= end;
        if (csr_read(sip) & IRQ_BIT(IRQ_STI))
            return true;
    } while (!is_last);
    return false;
}

void timer_cases(const struct machine *m)
{
    sbi_set_timer(0);
    check_one("set_timer to 0 pends", "pending", pends_within_ms(m, LIMIT_MS), true);
    sbi_set_timer(UINT64_MAX);
    check_one("set_timer to 2^64-1 pends never", "pending", pends_within_ms(m, 20), false);
    sbi_set_timer(time_now() - 1);
    check_one("set_timer to the past pends", "pending", pends_within_ms(m, LIMIT_MS), true);
    sbi_set_timer(time_now() + m->timebase * 3600);
    check_one("set_timer clears what pends", "pending", csr_read(sip) & IRQ_BIT(IRQ_STI), 0);
    uint64_t deadline = time_now() + m->timebase / 200;
    sbi_set_timer(deadline);
    check_one("set_timer to 5 ms pends", "pending", pends_within_ms(m, LIMIT_MS), true);
    check_one("and not too early", "early", time_now() < deadline, false);
    sbi_set_timer(UINT64_MAX);
}
