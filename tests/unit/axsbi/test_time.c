#include "fixture.h"

static void sets_the_timer_of_the_caller(void **state)
{
    ASSERT_DOES("timer 1 123456\n", SBI_EXT_TIME, SBI_TIME_SET_TIMER, 123456);
    ASSERT_DOES("timer 1 0\n", SBI_EXT_TIME, SBI_TIME_SET_TIMER, 0);
    ASSERT_DOES("timer 1 18446744073709551615\n", SBI_EXT_TIME, SBI_TIME_SET_TIMER, UINT64_MAX);
}

int run_time_tests(void)
{
    const struct CMUnitTest tests[] = {TEST(sets_the_timer_of_the_caller)};
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
