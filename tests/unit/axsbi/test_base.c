#include "fixture.h"

static void says_what_it_is(void **state)
{
    ASSERT_RETURNS(3 << 24, SBI_EXT_BASE, SBI_BASE_SPEC_VERSION);
    ASSERT_RETURNS(0x53544C48, SBI_EXT_BASE, SBI_BASE_IMPL_ID);
    ASSERT_RETURNS(1 << 16, SBI_EXT_BASE, SBI_BASE_IMPL_VERSION);
}

static void gives_the_machine_ids(void **state)
{
    ASSERT_RETURNS(0x489, SBI_EXT_BASE, SBI_BASE_MVENDORID);
    ASSERT_RETURNS(UINT64_C(0x8000000000000007), SBI_EXT_BASE, SBI_BASE_MARCHID);
    ASSERT_RETURNS(0x20181004, SBI_EXT_BASE, SBI_BASE_MIMPID);
}

static void probes_what_is_there(void **state)
{
    static const uint64_t there[] = {SBI_EXT_BASE,
                                     SBI_EXT_TIME,
                                     SBI_EXT_IPI,
                                     SBI_EXT_RFENCE,
                                     SBI_EXT_HSM,
                                     SBI_EXT_SRST,
                                     SBI_EXT_DBCN,
                                     SBI_EXT_SUSP,
                                     SBI_EXT_FWFT,
                                     SBI_EXT_PMU,
                                     SBI_EXT_STA,
                                     SBI_EXT_LEGACY_SET_TIMER,
                                     SBI_EXT_LEGACY_PUTCHAR,
                                     SBI_EXT_LEGACY_GETCHAR,
                                     SBI_EXT_LEGACY_CLEAR_IPI,
                                     SBI_EXT_LEGACY_SEND_IPI,
                                     SBI_EXT_LEGACY_FENCE_I,
                                     SBI_EXT_LEGACY_SFENCE_VMA,
                                     SBI_EXT_LEGACY_SFENCE_VMA_ASID,
                                     SBI_EXT_LEGACY_SHUTDOWN};
    for (size_t i = 0; i < COUNT(there); i++)
        ASSERT_RETURNS(1, SBI_EXT_BASE, SBI_BASE_PROBE, there[i]);
}

static void probes_what_is_not_there(void **state)
{
    static const uint64_t absent[] = {0x43505043, 0x0f, 0x11, UINT64_C(1) << 32 | SBI_EXT_TIME,
                                      UINT64_MAX};
    for (size_t i = 0; i < COUNT(absent); i++)
        ASSERT_RETURNS(0, SBI_EXT_BASE, SBI_BASE_PROBE, absent[i]);
}

int run_base_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_it_is),
        TEST(gives_the_machine_ids),
        TEST(probes_what_is_there),
        TEST(probes_what_is_not_there),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
