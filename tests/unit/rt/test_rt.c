/* The real-time guest's arithmetic: its grid of periods, its percentiles, its controller. */
#include "../../../apps/rt/control.h"
#include "../../../apps/rt/lateness.h"
#include "../../../apps/rt/periods.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The first period's work ends at `now`: expected are count, missed and the next release. */
static void check_end(uint64_t now, uint64_t count, uint64_t missed, uint64_t release)
{
    struct periods p = {.length = 100, .release = 1000};
    periods_end(&p, now);
    assert_int_equal(p.count, count);
    assert_int_equal(p.missed, missed);
    assert_int_equal(p.release, release);
}

static void periods_in_time(void **state)
{
    check_end(1000, 1, 0, 1100);
    check_end(1050, 1, 0, 1100);
    check_end(1100, 1, 0, 1100); /* at the deadline */
}

static void periods_missed(void **state)
{
    check_end(1101, 1, 1, 1100); /* the next one begins late, and may still end in time */
    check_end(1200, 1, 1, 1100);
    check_end(1201, 2, 2, 1200); /* the second could not begin */
    check_end(1950, 9, 9, 1900);
}

static void lateness_of_no_sample(void **state)
{
    static struct lateness l;
    lateness_clear(&l);
    assert_int_equal(lateness_percentile(&l, 50), 0);
    assert_int_equal(l.max, 0);
}

static void lateness_percentiles(void **state)
{
    static struct lateness l;
    lateness_clear(&l);
    for (uint64_t i = 1; i <= 100; i++)
        lateness_add(&l, i);
    assert_int_equal(l.min, 1);
    assert_int_equal(lateness_percentile(&l, 0), 1);
    assert_int_equal(lateness_percentile(&l, 50), 50);
    assert_int_equal(lateness_percentile(&l, 99), 99);
    assert_int_equal(lateness_percentile(&l, 100), 100);
}

static void lateness_beyond_the_histogram(void **state)
{
    static struct lateness l;
    lateness_clear(&l);
    lateness_add(&l, 100000);
    assert_int_equal(lateness_percentile(&l, 50),
                     100000); /* a bucket is wider, the maximum is exact */
    lateness_add(&l, UINT64_C(1) << 40);
    assert_int_equal(l.max, UINT64_C(1) << 40);
    assert_int_equal(lateness_percentile(&l, 100), (1 << LATENESS_BITS) - 1);
    assert_in_range(lateness_percentile(&l, 50), 100000, 100000 + 100000 / 128);
}

static void speed_settles_at_what_is_wanted(void **state)
{
    struct pid pid = {.kp = Q16(4), .ki = Q16(0.1), .kd = Q16(1), .limit = Q16(4)};
    q16_t speed = 0;
    for (int round = 0; round < 4; round++) {
        q16_t wanted = round % 2 ? Q16(-1) : Q16(1);
        for (int i = 0; i < 500; i++)
            speed = motor_step(speed, pid_step(&pid, wanted, speed));
        assert_in_range(speed - wanted + Q16(0.01), 0, Q16(0.02));
    }
}

static void drive_keeps_its_limit(void **state)
{
    struct pid pid = {.kp = Q16(30000), .ki = Q16(30000), .kd = Q16(30000), .limit = Q16(4)};
    assert_int_equal(pid_step(&pid, Q16(16000), Q16(-16000)), Q16(4));
    assert_int_equal(pid.integral, Q16(4));
    assert_int_equal(pid_step(&pid, Q16(-16000), Q16(16000)), Q16(-4));
    assert_int_equal(pid.integral, Q16(-4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_in_time),
        cmocka_unit_test(periods_missed),
        cmocka_unit_test(lateness_of_no_sample),
        cmocka_unit_test(lateness_percentiles),
        cmocka_unit_test(lateness_beyond_the_histogram),
        cmocka_unit_test(speed_settles_at_what_is_wanted),
        cmocka_unit_test(drive_keeps_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
