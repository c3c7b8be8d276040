#include "job.h"
#include <axhal/time.h>
#include <axlog/console.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <stddef.h>

#define ROW_ROOM 4096 /* bytes of lines, the most that a row prints */
#define WAIT_MS 1     /* for room, or for another hart: at first, and twice as long each time … */
#define WAIT_MOST_MS 16 /* … up to this */

static bool take_step(struct chore *unused);
static void go_on(struct hart_timer *timer);

static struct chore chore = {.step = take_step};
static struct hart_timer timer = {.fire = go_on};
static struct job job; /* row is NULL: none runs */
static void (*on_done)(void);
static uint32_t next;
static bool waits; /* said by the row */
static uint64_t wait_ms = WAIT_MS;
static uint64_t round_start;

static void go_on(struct hart_timer *t)
{
    (void)t;
    chore_add(&chore);
    chores_run();
}

/* False, as a chore's step that has nothing to do now. */
static bool sleep_until(uint64_t deadline)
{
    hart_timer_set(&timer, deadline);
    return false;
}

static bool sleep_a_while(void)
{
    uint64_t ms = wait_ms;
    wait_ms = 2 * ms < WAIT_MOST_MS ? 2 * ms : WAIT_MOST_MS;
    return sleep_until(time_now() + time_ms_to_ticks(ms));
}

static bool end_round(void)
{
    if (job.period != 0) {
        next = 0;
        round_start += job.period;
        return sleep_until(round_start);
    }
    job.row = NULL;
    on_done();
    return false;
}

/* What a terminal has no room for is not lost: the rows wait for it, not the hart. */
static bool take_step(struct chore *unused)
{
    (void)unused;
    if (job.row == NULL)
        return false;
    if (console_room() < ROW_ROOM)
        return sleep_a_while();
    if (job.period != 0 && next == 0)
        console_clear_screen();
    waits = false;
    if (!job.row(next++))
        return end_round();
    if (waits)
        return sleep_a_while();
    wait_ms = WAIT_MS;
    return true;
}

void job_wait(void)
{
    waits = true;
}

void job_start(const struct job *wanted, void (*done)(void))
{
    job = *wanted;
    on_done = done;
    next = 0;
    wait_ms = WAIT_MS; /* one that was cancelled may have waited long */
    round_start = time_now();
    chore_add(&chore);
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
    chore_drop(&chore);
    hart_timer_set(&timer, UINT64_MAX);
    if (job.cancelled != NULL)
        job.cancelled();
}
