/* A demand that is met passes, one that is not ends the program, and each is looked at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <lib/assert.h>

static int looked;

static void demand(int value)
{
    ASSERT(++looked && value == 1);
}

static void demand_in_debug(int value)
{
    DEBUG_ASSERT(++looked && value == 1);
}

static void test_met(void **state)
{
    looked = 0;
    demand(1);
    demand_in_debug(1);
    assert_int_equal(looked, 2);
}

static void test_not_met(void **state)
{
    expect_assert_failure(demand(2));
    expect_assert_failure(demand_in_debug(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_met),
        cmocka_unit_test(test_not_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
