/* Sorting and percentiles of jitter's samples. */
#include "../../../apps/jitter/stats.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void sorts_any_order(void **state)
{
    uint64_t samples[] = {5, UINT64_MAX, 0, 5, 3, 1};
    const uint64_t expected[] = {0, 1, 3, 5, 5, UINT64_MAX};
    stats_sort(samples, 6);
    assert_memory_equal(samples, expected, sizeof expected);
}

static void sorts_one_and_none(void **state)
{
    uint64_t sample = 7;
    stats_sort(&sample, 1);
    stats_sort(NULL, 0);
    assert_int_equal(sample, 7);
}

static void percentiles_of_a_thousand_are_nearest_ranks(void **state)
{
    uint64_t samples[1000];
    for (uint64_t i = 0; i < 1000; i++)
        samples[i] = i + 1;
    assert_int_equal(stats_percentile(samples, 1000, 0), 1);
    assert_int_equal(stats_percentile(samples, 1000, 50), 500);
    assert_int_equal(stats_percentile(samples, 1000, 99), 990);
    assert_int_equal(stats_percentile(samples, 1000, 100), 1000);
}

static void percentiles_round_the_rank_up(void **state)
{
    const uint64_t samples[] = {10, 20, 30};
    assert_int_equal(stats_percentile(samples, 3, 33), 10);
    assert_int_equal(stats_percentile(samples, 3, 34), 20);
    assert_int_equal(stats_percentile(samples, 3, 99), 30);
    assert_int_equal(stats_percentile(samples, 1, 50), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_any_order),
        cmocka_unit_test(sorts_one_and_none),
        cmocka_unit_test(percentiles_of_a_thousand_are_nearest_ranks),
        cmocka_unit_test(percentiles_round_the_rank_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
