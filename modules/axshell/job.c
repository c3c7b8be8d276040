#include "job.h"
#include <axhal/hart.h>
#include <axhal/time.h>
#include <axlog/console.h>
#include <axvcpu/hart_timer.h>
#include <stddef.h>

#define GUEST_SHARE 3 /* times what the console takes */
#define CLEAR_SCREEN "\x1b[H\x1b[2J"

static void step(struct hart_timer *timer);

static struct hart_timer timer = {.fire = step};
static job_row_t print_row; /* NULL: nothing runs */
static void (*on_done)(void);
static uint32_t next;
static uint64_t period, round_start;

static uint64_t begin_round(void)
{
    next = 0;
    round_start += period;
    return round_start;
}

static void finish(void)
{
    print_row = NULL;
    on_done();
}

static void step(struct hart_timer *t)
{
    uint64_t start = time_now();
    if (period != 0 && next == 0)
        console_write(CLEAR_SCREEN, sizeof CLEAR_SCREEN - 1);
    bool more = print_row(next++);
    uint64_t now = time_now();
    if (more)
        hart_timer_set(t, this_hart()->vcpu == NULL ? now : now + (now - start) * GUEST_SHARE);
    else if (period != 0)
        hart_timer_set(t, begin_round());
    else
        finish();
}

void job_start(job_row_t row, uint64_t ticks, void (*done)(void))
{
    print_row = row;
    on_done = done;
    period = ticks;
    next = 0;
    round_start = time_now();
    step(&timer);
}

bool job_runs(void)
{
    return print_row != NULL;
}

bool job_is_live(void)
{
    return print_row != NULL && period != 0;
}

void job_cancel(void)
{
    if (print_row == NULL)
        return;
    print_row = NULL;
    hart_timer_set(&timer, UINT64_MAX);
}
