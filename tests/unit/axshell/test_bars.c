#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bars.h"

static struct bars bars;

static void assert_row(uint32_t row, uint64_t lowest, uint64_t highest, uint64_t count)
{
    assert_true(row < bars.rows);
    assert_int_equal(bars.row[row].lowest, lowest);
    assert_int_equal(bars.row[row].highest, highest);
    assert_int_equal(bars.row[row].count, count);
}

static void few_buckets_have_a_row_each(void **state)
{
    bars_begin(&bars, 3, 103);
    bars_add(&bars, 0, 0, 1);
    bars_add(&bars, 4, 4, 100);
    bars_add(&bars, 5, 5, 2);
    assert_int_equal(bars.rows, 3);
    assert_row(0, 0, 0, 1);
    assert_row(1, 4, 4, 100);
    assert_row(2, 5, 5, 2);
    assert_int_equal(bars_length(&bars, 0), 1); /* there is something: it is seen */
    assert_int_equal(bars_length(&bars, 1), BARS_WIDTH);
    assert_int_equal(bars_length(&bars, 2), 1);
}

static void many_are_merged_by_powers_of_two(void **state)
{
    bars_begin(&bars, 100, 100);
    for (uint64_t i = 0; i < 100; i++)
        bars_add(&bars, i, i, 1);
    assert_int_equal(bars.rows, 8);
    assert_row(0, 0, 0, 1);
    assert_row(1, 1, 1, 1);
    assert_row(2, 2, 3, 2);
    assert_row(6, 32, 63, 32);
    assert_row(7, 64, 99, 36);
    assert_int_equal(bars_length(&bars, 7), BARS_WIDTH);
    assert_int_equal(bars_length(&bars, 6), BARS_WIDTH * 32 / 36);
}

static void knows_percentiles(void **state)
{
    bars_begin(&bars, 1000, 1000);
    for (uint64_t i = 1; i <= 1000; i++)
        bars_add(&bars, i, i, 1);
    assert_int_equal(bars.percentile[0], 500);
    assert_int_equal(bars.percentile[1], 900);
    assert_int_equal(bars.percentile[2], 990);
    assert_int_equal(bars.percentile[3], 999);
    bars_begin(&bars, 1, 1);
    bars_add(&bars, 7, 7, 1);
    for (unsigned i = 0; i < BARS_PERCENTILES; i++)
        assert_int_equal(bars.percentile[i], 7);
}

static void stands_large_counts_and_growth(void **state)
{
    bars_begin(&bars, 2, UINT64_MAX);
    bars_add(&bars, 1, 1, UINT64_MAX / 2);
    bars_add(&bars, 2, 2, UINT64_MAX);
    assert_int_equal(bars_length(&bars, 1), BARS_WIDTH);
    assert_in_range(bars_length(&bars, 0), BARS_WIDTH / 2 - 1, BARS_WIDTH / 2);
    bars_begin(&bars, 1, 1); /* more came meanwhile than was said */
    for (uint64_t i = 0; i < 2 * BARS_ROWS; i++)
        bars_add(&bars, i, i, 1);
    assert_int_equal(bars.rows, BARS_ROWS);
    assert_row(BARS_ROWS - 1, BARS_ROWS - 1, 2 * BARS_ROWS - 1, BARS_ROWS + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_buckets_have_a_row_each),
        cmocka_unit_test(many_are_merged_by_powers_of_two),
        cmocka_unit_test(knows_percentiles),
        cmocka_unit_test(stands_large_counts_and_growth),
    };
    return cmocka_run_group_tests_name("bars", tests, NULL, NULL);
}
