/* The layout: exact below 256, at most 1/128 wide above, no value without a bucket. */
#include "fixture.h"

static void small_values_have_their_own(void **state)
{
    for (uint32_t v = 0; v < 256; v++) {
        assert_int_equal(histogram_bucket(v), v);
        assert_int_equal(histogram_lowest(v), v);
    }
}

static void buckets_follow_without_gap(void **state)
{
    for (uint32_t b = 0; b < HISTOGRAM_BUCKETS(40) - 1; b++) {
        uint64_t low = histogram_lowest(b), next = histogram_lowest(b + 1);
        assert_true(next > low);
        assert_int_equal(histogram_bucket(low), b);
        assert_int_equal(histogram_bucket(next - 1), b);
        assert_true(b < 256 || next - low <= low / 128);
    }
}

static void the_count_fits_the_bits(void **state)
{
    assert_int_equal(histogram_bucket((UINT64_C(1) << 20) - 1), HISTOGRAM_BUCKETS(20) - 1);
    assert_int_equal(histogram_bucket(UINT64_C(1) << 20), HISTOGRAM_BUCKETS(20));
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS(64) - 1);
}

int run_histogram_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_have_their_own),
        cmocka_unit_test(buckets_follow_without_gap),
        cmocka_unit_test(the_count_fits_the_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
