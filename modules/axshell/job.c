#include "job.h"
#include <axhal/hart.h>
#include <axhal/time.h>
#include <axlog/console.h>
#include <axvcpu/hart_timer.h>
#include <axvm/console.h>
#include <stddef.h>

#define GUEST_SHARE 3 /* times what the console takes */
#define GUEST_LEAST_MS 1

static void step(struct hart_timer *timer);

static struct hart_timer timer = {.fire = step};
static struct job job; /* row is NULL: none runs */
static void (*on_done)(void);
static uint32_t next;
static uint64_t round_start;

static uint64_t begin_round(void)
{
    next = 0;
    round_start += job.period;
    return round_start;
}

static void finish(void)
{
    job.row = NULL;
    on_done();
}

/* When the next row has its turn, after one that took from `start` until now. */
static uint64_t next_turn(uint64_t start)
{
    uint64_t now = time_now(), rest = (now - start) * GUEST_SHARE;
    uint64_t least = time_ms_to_ticks(GUEST_LEAST_MS);
    return this_hart()->vcpu == NULL ? now : now + (rest > least ? rest : least);
}

static void take_step(struct hart_timer *t)
{
    uint64_t start = time_now();
    if (job.period != 0 && next == 0)
        console_clear_screen();
    if (job.row(next++))
        hart_timer_set(t, next_turn(start));
    else if (job.period != 0)
        hart_timer_set(t, begin_round());
    else
        finish();
}

static void step(struct hart_timer *t)
{
    enum ledger_column before = vm_console_charge();
    take_step(t);
    vm_console_uncharge(before);
}

void job_start(const struct job *wanted, void (*done)(void))
{
    job = *wanted;
    on_done = done;
    next = 0;
    round_start = time_now();
    take_step(&timer);
}

bool job_runs(void)
{
    return job.row != NULL;
}

bool job_is_live(void)
{
    return job_runs() && job.period != 0;
}

void job_cancel(void)
{
    if (!job_runs())
        return;
    job.row = NULL;
    hart_timer_set(&timer, UINT64_MAX);
    if (job.cancelled != NULL)
        job.cancelled();
}
