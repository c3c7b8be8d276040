/* A share of a clock that the test turns. */
#include <axvm/ration.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SHARE 16
#define MOST 500

static struct ration ration;
static uint64_t now;

static int setup(void **state)
{
    now = 1000000;
    ration = (struct ration){.share = SHARE, .most = MOST};
    ration_fill(&ration, now);
    return 0;
}

static void take(uint64_t ticks)
{
    now += ticks;
    ration_take(&ration, now);
}

static void is_full_at_first_and_ends(void **state)
{
    assert_true(ration_is_left(&ration));
    take(MOST - 1);
    assert_true(ration_is_left(&ration));
    take(1);
    assert_false(ration_is_left(&ration));
    assert_int_equal(ration_full_at(&ration), now + MOST * SHARE);
}

static void fills_by_its_share(void **state)
{
    take(MOST);
    now += 10 * SHARE - 1;
    ration_fill(&ration, now);
    assert_int_equal(ration.left, 9);
    now += 1; /* what did not make a tick was kept */
    ration_fill(&ration, now);
    assert_int_equal(ration.left, 10);
    now = ration_full_at(&ration);
    ration_fill(&ration, now);
    assert_int_equal(ration.left, MOST);
    ration_fill(&ration, now + 1000000);
    assert_int_equal(ration.left, MOST);
}

/* A step that took long is paid back, so that the share holds. */
static void a_debt_is_paid(void **state)
{
    take(10 * MOST);
    assert_int_equal(ration_full_at(&ration), now + 10 * MOST * SHARE);
    now += 9 * MOST * SHARE;
    ration_fill(&ration, now);
    assert_false(ration_is_left(&ration));
    now += SHARE;
    ration_fill(&ration, now);
    assert_true(ration_is_left(&ration));
}

static void an_earlier_time_changes_nothing(void **state)
{
    take(100);
    ration_fill(&ration, now - 50);
    assert_int_equal(ration.left, MOST - 100);
    assert_int_equal(ration.filled, now);
}

/* Steps of any size, as often as the ration lets them: the share of all time. */
static void keeps_the_share_in_the_long_run(void **state)
{
    uint64_t start = now, taken = 0;
    for (uint64_t i = 0; i < 10000; i++) {
        while (ration_is_left(&ration)) {
            uint64_t step = 1 + i * 7919 % 1300;
            take(step);
            taken += step;
        }
        now = ration_full_at(&ration);
        ration_fill(&ration, now);
    }
    assert_in_range(taken * SHARE, (now - start) * 9 / 10, now - start + MOST * SHARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(is_full_at_first_and_ends, setup),
        cmocka_unit_test_setup(fills_by_its_share, setup),
        cmocka_unit_test_setup(a_debt_is_paid, setup),
        cmocka_unit_test_setup(an_earlier_time_changes_nothing, setup),
        cmocka_unit_test_setup(keeps_the_share_in_the_long_run, setup),
    };
    return cmocka_run_group_tests_name("axvm/ration", tests, NULL, NULL);
}
