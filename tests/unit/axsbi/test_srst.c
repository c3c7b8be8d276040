#include "fixture.h"
#include <stdio.h>

#define RESET SBI_EXT_SRST, SBI_SRST_RESET

static void resets_the_machine(void **state)
{
    for (uint64_t type = 0; type <= 2; type++)
        for (uint64_t reason = 0; reason <= 1; reason++) {
            char expected[32];
            sprintf(expected, "reset %lu %lu\n", type, reason);
            assert_int_equal(CALL(RESET, type, reason).verdict, SBI_HALT);
            assert_events(expected);
        }
}

static void arguments_are_32_bits_wide(void **state)
{
    assert_int_equal(CALL(RESET, UINT64_C(1) << 32 | 1, UINT64_C(9) << 32).verdict, SBI_HALT);
    assert_events("reset 1 0\n");
}

static void refuses_types_that_are_not_there(void **state)
{
    static const uint64_t types[] = {3, 0xefffffff, 0xf0000000, 0xffffffff, UINT64_MAX};
    for (size_t i = 0; i < COUNT(types); i++) {
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, RESET, types[i], 0);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, RESET, types[i], 2);
    }
}

static void refuses_reasons_that_are_not_there(void **state)
{
    static const uint64_t reasons[] = {2,          0xdfffffff, 0xe0000000, 0xefffffff,
                                       0xf0000000, 0xffffffff, UINT64_MAX};
    for (size_t i = 0; i < COUNT(reasons); i++)
        for (uint64_t type = 0; type <= 2; type++)
            ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, RESET, type, reasons[i]);
}

int run_srst_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(resets_the_machine),
        TEST(arguments_are_32_bits_wide),
        TEST(refuses_types_that_are_not_there),
        TEST(refuses_reasons_that_are_not_there),
    };
    return cmocka_run_group_tests_name("srst", tests, NULL, NULL);
}
