/* How late a timer interrupt is. */
#include "bench.h"
#include "report.h"
#include <axbare/hart.h>
#include <axbare/say.h>
#include <string.h>

#define SAMPLES 1000
#define CALL_SAMPLES 20
#define CALL_LEAD 4200 /* ticks; the call must begin before, and last beyond it */
#define CALL_BYTES 256 /* written to the console */

static char blank[CALL_BYTES + 1]; /* carriage returns: they do not show */
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

/* The deadline falls into one long call of SBI: the firmware or hypervisor that serves it makes the
 * timer late. */
static void wait_in_call(uint64_t old)
{
    say(blank);
    wait_busy(old);
}

/* `lead` ticks from now and some more, so that deadlines fall on all phases of the clock. */
static uint64_t next_deadline(uint64_t lead, size_t i)
{
    return time_now() + lead + (uint64_t)(i % 97);
}

static void measure(const char *name, size_t count, uint64_t lead, void (*wait)(uint64_t))
{
    interrupts_enable(IRQ_BIT(IRQ_STI));
    for (size_t i = 0; i < count; i++) {
        uint64_t old = harts[0].timers;
        deadlines[i] = next_deadline(lead, i);
        timer_arm(deadlines[i]);
        wait(old);
        samples[i] = harts[0].arrival - deadlines[i];
    }
    interrupts_disable(IRQ_BIT(IRQ_STI));
    report_worst(name, deadlines, samples, count);
    report_distribution(name, samples, count);
}

void bench_timer(const struct machine *machine)
{
    timer_use_sstc(machine->has_sstc);
    measure("timer_busy", SAMPLES, machine->timebase / 1000, wait_busy);
    measure("timer_idle", SAMPLES, machine->timebase / 1000, wait_idle);
    memset(blank, '\r', CALL_BYTES);
    measure("timer_call", CALL_SAMPLES, CALL_LEAD, wait_in_call);
}
