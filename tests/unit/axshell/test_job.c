/* Rows of a command, with a console that may have no room, and timers that the test fires. */
#include <axhal/platform.h>
#include <axhal/time.h>
#include <axlog/console.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <job.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS 1000 /* ticks */

static struct platform machine = {.timebase = 1000 * MS};
static struct chore *ready;
static struct hart_timer *timer;
static size_t room;
static unsigned rows, done, cancelled, cleared;
static unsigned last; /* the row that is the last one */
static bool only_looks;

const struct platform *platform(void)
{
    return &machine;
}

void hart_timer_set(struct hart_timer *which, uint64_t deadline)
{
    which->deadline = deadline;
    timer = which;
}

void chore_add(struct chore *chore)
{
    ready = chore;
}

void chore_drop(struct chore *chore)
{
    ready = NULL;
}

void chores_run(void)
{
    struct chore *chore = ready;
    ready = NULL;
    while (chore != NULL && chore->step(chore))
        ;
}

size_t console_room(void)
{
    return room;
}

void console_clear_screen(void)
{
    cleared++;
}

static bool print_row(uint32_t row)
{
    assert_int_equal(row, rows);
    rows++;
    if (only_looks)
        job_wait();
    return row < last;
}

static void on_done(void)
{
    done++;
}

static void on_cancel(void)
{
    cancelled++;
}

static int start(void **state)
{
    ready = NULL;
    timer = NULL;
    room = 4096;
    rows = done = cancelled = cleared = 0;
    last = 3;
    only_looks = false;
    fake_csr.time = 7 * MS;
    return 0;
}

static void begin(uint64_t period)
{
    struct job job = {.row = print_row, .period = period, .cancelled = on_cancel};
    job_start(&job, on_done);
    chores_run();
}

static void fire(uint64_t after)
{
    assert_int_equal(timer->deadline, fake_csr.time + after);
    fake_csr.time += after;
    timer->fire(timer);
}

static void all_rows_come_once(void **state)
{
    begin(0);
    assert_int_equal(rows, 4);
    assert_int_equal(done, 1);
    assert_int_equal(cleared, 0);
    assert_false(job_runs());
}

/* No row is lost to a slow terminal, which is looked at less and less often. */
static void rows_wait_for_room(void **state)
{
    room = 4095;
    begin(0);
    assert_int_equal(rows, 0);
    for (uint64_t ms = 1; ms < 16; ms *= 2)
        fire(ms * MS);
    fire(16 * MS);
    fire(16 * MS);
    assert_int_equal(rows, 0);
    room = 4096;
    fire(16 * MS);
    assert_int_equal(rows, 4);
    assert_int_equal(done, 1);
}

/* A job does not inherit how long the one before it waited. */
static void the_next_job_waits_shortly_at_first(void **state)
{
    room = 0;
    begin(0);
    fire(1 * MS);
    fire(2 * MS);
    job_cancel();
    begin(0);
    fire(1 * MS);
    job_cancel();
}

static void a_row_that_only_looks_is_asked_again_later(void **state)
{
    only_looks = true;
    begin(0);
    assert_int_equal(rows, 1);
    fire(1 * MS);
    fire(2 * MS);
    assert_int_equal(rows, 3);
    only_looks = false;
    fire(4 * MS);
    assert_int_equal(rows, 4);
    assert_int_equal(done, 1);
}

/* A round begins a period after the one before it began, however long it took. */
static void a_live_job_comes_again(void **state)
{
    begin(100 * MS);
    assert_true(job_is_live());
    assert_int_equal(rows, 4);
    assert_int_equal(cleared, 1);
    fake_csr.time += 30 * MS;
    rows = 0;
    fire(70 * MS);
    assert_int_equal(rows, 4);
    assert_int_equal(cleared, 2);
    rows = 0;
    fake_csr.time += 105 * MS; /* the timer is late */
    timer->fire(timer);
    assert_int_equal(rows, 4);
    assert_int_equal(timer->deadline, fake_csr.time + 95 * MS);
    assert_int_equal(done, 0);
    job_cancel();
}

static void a_job_can_be_cancelled_once(void **state)
{
    begin(100 * MS);
    job_cancel();
    assert_int_equal(cancelled, 1);
    assert_false(job_runs());
    assert_int_equal(timer->deadline, UINT64_MAX);
    job_cancel();
    assert_int_equal(cancelled, 1);
    rows = 0;
    timer->fire(timer); /* one that was on its way */
    assert_int_equal(rows, 0);
    assert_int_equal(done, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_rows_come_once, start),
        cmocka_unit_test_setup(rows_wait_for_room, start),
        cmocka_unit_test_setup(the_next_job_waits_shortly_at_first, start),
        cmocka_unit_test_setup(a_row_that_only_looks_is_asked_again_later, start),
        cmocka_unit_test_setup(a_live_job_comes_again, start),
        cmocka_unit_test_setup(a_job_can_be_cancelled_once, start),
    };
    return cmocka_run_group_tests_name("axshell/job", tests, NULL, NULL);
}
