/* How late a timer interrupt is. */
#include "bench.h"
#include "report.h"
#include <axbare/hart.h>

#define SAMPLES 1000

static uint64_t deadlines[SAMPLES], samples[SAMPLES];

/* With the timer's interrupt enabled. */
static void wait_busy(uint64_t old)
{
    wait_for_change(&harts[0].timers, old, "timer_busy: the timer interrupt did not come");
}

static void wait_idle(uint64_t old)
{
    sleep_until_change(&harts[0].timers, old);
}

/* A period of 1 ms and some ticks, so that deadlines fall on all phases of the clock. */
static uint64_t next_deadline(uint64_t timebase, int i)
{
    return time_now() + timebase / 1000 + (uint64_t)(i % 97);
}

static void measure(const char *name, uint64_t timebase, void (*wait)(uint64_t))
{
    interrupts_enable(IRQ_BIT(IRQ_STI));
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t old = harts[0].timers;
        deadlines[i] = next_deadline(timebase, i);
        timer_arm(deadlines[i]);
        wait(old);
        samples[i] = harts[0].arrival - deadlines[i];
    }
    interrupts_disable(IRQ_BIT(IRQ_STI));
    report_worst(name, deadlines, samples, SAMPLES);
    report_distribution(name, samples, SAMPLES);
}

void bench_timer(const struct machine *machine)
{
    timer_use_sstc(machine->has_sstc);
    measure("timer_busy", machine->timebase, wait_busy);
    measure("timer_idle", machine->timebase, wait_idle);
}
