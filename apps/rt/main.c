/*
 * rt: a real-time guest. Every millisecond it measures a motor's speed, computes the drive and sets
 * it; it counts the periods whose work was not done in time, and how late each began.
 *
 * On its command line: period=US, report=PERIODS between two lines, rounds=PERIODS to its end (0:
 * none). docs/rt-guest.md has more.
 */
#include "control.h"
#include "lateness.h"
#include "outbox.h"
#include "periods.h"
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

#define US_PER_S 1000000
#define WAVE 1000          /* periods at a wanted speed, then as many at its opposite */
#define SETTLED (WAVE / 2) /* periods after which the speed must be there */
#define TOLERANCE Q16(0.01)

static struct lateness lateness;
static struct periods periods;
static struct pid pid = {.kp = Q16(4), .ki = Q16(0.1), .kd = Q16(1), .limit = Q16(4)};
static q16_t speed;

void fail(const char *what)
{
    sayf("rt: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

/* The work of a period. A loop that does not control its motor is no load to measure with. */
static void control(void)
{
    q16_t wanted = (periods.count / WAVE) % 2 == 0 ? Q16(1) : Q16(-1);
    q16_t error = wanted - speed;
    if (periods.missed == 0 && periods.count % WAVE >= SETTLED &&
        (error > TOLERANCE || error < -TOLERANCE))
        fail("the motor does not follow");
    speed = motor_step(speed, pid_step(&pid, wanted, speed));
}

static void run_period(void)
{
    uint64_t old = harts[0].timers;
    timer_arm(periods.release);
    sleep_until_change(&harts[0].timers, old);
    lateness_add(&lateness, harts[0].arrival - periods.release);
    control();
    periods_end(&periods, time_now());
}

static void put_report(void)
{
    outbox_put("rt: %" PRIu64 " periods, missed %" PRIu64 ", late min/p50/p99/max %" PRIu64
               "/%" PRIu64 "/%" PRIu64 "/%" PRIu64 " ticks\n",
               periods.count, periods.missed, lateness.min, lateness_percentile(&lateness, 50),
               lateness_percentile(&lateness, 99), lateness.max);
}

/* What is not urgent: after the work of a period, in what is left of it. */
static void use_slack(uint64_t report)
{
    static uint64_t reported;
    if (outbox_is_empty() && periods.count >= reported + report) {
        reported = periods.count;
        put_report();
    }
    outbox_send_some();
}

static void send_rest(void)
{
    while (!outbox_is_empty())
        outbox_send_some();
}

void bare_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    machine_read(&machine, fdt, id);
    uint64_t us = bootargs_number(fdt, "period", 1000),
             report = bootargs_number(fdt, "report", 5000);
    uint64_t rounds = bootargs_number(fdt, "rounds", 0);
    if (us < 100 || us > US_PER_S || report == 0)
        fail("expected period=100 to 1000000, and report=1 or more");
    timer_use_sstc(machine.has_sstc);
    lateness_clear(&lateness);
    periods.length = machine.timebase * us / US_PER_S;
    sayf("rt: a period of %" PRIu64 " us is %" PRIu64 " ticks\n", us, periods.length);
    periods.release = time_now() + periods.length;
    interrupts_enable(IRQ_BIT(IRQ_STI));
    while (rounds == 0 || periods.count < rounds) {
        run_period();
        use_slack(report);
    }
    send_rest();
    put_report();
    send_rest();
    shut_down(SBI_SRST_NO_REASON);
}
