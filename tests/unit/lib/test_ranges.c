/* Ranges: every way in which two can lie, and the ends of what can be written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after those: */
#include <cmocka.h>
#include <lib/bits.h>
#include <lib/ranges.h>
#include <stdbool.h>

#define LINE 12 /* all ranges on a line so long are tried against each other */

static struct range make(uint64_t base, uint64_t size, enum range_kind kind)
{
    return (struct range){base, size, kind, "x"};
}

/* By the addresses themselves: some are in both; all of the first are in the second. */
static bool share(struct range a, struct range b)
{
    for (uint64_t at = 0; at < LINE; at++)
        if (at - a.base < a.size && at - b.base < b.size)
            return true;
    return false;
}

static bool covers(struct range outer, struct range inner)
{
    for (uint64_t at = 0; at < LINE; at++)
        if (at - inner.base < inner.size && at - outer.base >= outer.size)
            return false;
    return true;
}

static bool allowed(struct range a, struct range b)
{
    if (!share(a, b))
        return true;
    if (a.kind == b.kind)
        return false;
    return a.kind == RANGE_WINDOW ? covers(a, b) : covers(b, a);
}

static void check_pair(struct range a, struct range b)
{
    struct ranges set = {0};
    const struct range *other = NULL;
    assert_int_equal(ranges_add(&set, a, &other), OK);
    assert_int_equal(ranges_add(&set, b, &other), allowed(a, b) ? OK : ERR_EXISTS);
    assert_int_equal(set.count, allowed(a, b) ? 2 : 1);
    assert_ptr_equal(other, allowed(a, b) ? NULL : &set.all[0]);
}

static void all_pairs_on_a_line(void **state)
{
    for (uint64_t a = 0; a < LINE * LINE * 2; a++)
        for (uint64_t b = 0; b < LINE * LINE * 2; b++) {
            struct range first = make(a / 2 % LINE, a / 2 / LINE + 1, a % 2);
            struct range second = make(b / 2 % LINE, b / 2 / LINE + 1, b % 2);
            if (first.base + first.size <= LINE && second.base + second.size <= LINE)
                check_pair(first, second);
        }
}

static void ends_of_the_space(void **state)
{
    struct ranges set = {0};
    assert_int_equal(ranges_add(&set, make(5, 0, RANGE_THING), NULL), ERR_INVALID);
    assert_int_equal(ranges_add(&set, make(UINT64_MAX, 2, RANGE_THING), NULL), ERR_INVALID);
    assert_int_equal(ranges_add(&set, make(1, UINT64_MAX, RANGE_WINDOW), NULL), OK);
    assert_int_equal(ranges_add(&set, make(UINT64_MAX, 1, RANGE_THING), NULL), OK);
    assert_int_equal(ranges_add(&set, make(0, 1, RANGE_THING), NULL), OK);
    assert_int_equal(ranges_add(&set, make(0, 2, RANGE_THING), NULL), ERR_EXISTS);
}

static void a_full_set(void **state)
{
    struct ranges set = {0};
    for (uint64_t i = 0; i < RANGES_MAX; i++)
        assert_int_equal(ranges_add(&set, make(2 * i, 1, RANGE_THING), NULL), OK);
    assert_int_equal(ranges_add(&set, make(1, 1, RANGE_THING), NULL), ERR_NO_MEMORY);
    ranges_drop_last(&set);
    assert_int_equal(ranges_add(&set, make(1, 1, RANGE_THING), NULL), OK);
    assert_int_equal(set.count, RANGES_MAX);
    set.count = 0;
    ranges_drop_last(&set);
    assert_int_equal(set.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_on_a_line),
        cmocka_unit_test(ends_of_the_space),
        cmocka_unit_test(a_full_set),
    };
    return cmocka_run_group_tests_name("lib/ranges", tests, NULL, NULL);
}
