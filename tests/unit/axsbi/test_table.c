/* The way in: what is not there is refused, and every extension refuses functions it has not. */
#include "fixture.h"

static void unknown_extensions_are_not_supported(void **state)
{
    static const uint64_t ids[] = {
        0x11,
        0x43505043, /* CPPC */
        0x4E41434C, /* NACL */
        0x08000000, /* experimental */
        0x09000000, /* vendor */
        0x0A000000, /* firmware */
        SBI_EXT_TIME + 1,
        SBI_EXT_BASE | UINT64_C(1) << 32, /* only a sign-extended 32-bit value is one (§3) */
        SBI_EXT_TIME | UINT64_C(0xffffffff) << 32,
        UINT64_MAX,
    };
    for (size_t i = 0; i < COUNT(ids); i++) {
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, ids[i], 0, 1, 2, 3, 4, 5, 6);
        assert_false(sbi_probe(ids[i]));
    }
}

static void unknown_functions_are_not_supported(void **state)
{
    static const struct {
        uint64_t id, functions;
    } extensions[] = {{SBI_EXT_BASE, 7}, {SBI_EXT_TIME, 1},   {SBI_EXT_IPI, 1},
                      {SBI_EXT_HSM, 4},  {SBI_EXT_RFENCE, 7}, {SBI_EXT_SRST, 1},
                      {SBI_EXT_DBCN, 3}, {SBI_EXT_SUSP, 1},   {SBI_EXT_FWFT, 2},
                      {SBI_EXT_STA, 1},  {SBI_EXT_PMU, 9},    {SBI_EXT_QUIET, 3}};
    for (size_t i = 0; i < COUNT(extensions); i++) {
        const uint64_t id = extensions[i].id;
        /* Arguments that a known function would act on. */
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, id, extensions[i].functions, 1, 0, 0, 0);
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, id, UINT64_MAX, 1, 0, 0, 0);
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, id, UINT64_C(1) << 32, 1, 0, 0, 0);
    }
}

static bool is_in_place(uint64_t id, uint64_t function)
{
    return sbi_is_in_place(sbi_find_or_none(id), function);
}

/* Served in place is what always comes back to the guest. */
static void calls_that_may_not_return_are_not_in_place(void **state)
{
    static const struct {
        uint64_t id, function;
    } away[] = {{SBI_EXT_HSM, SBI_HSM_STOP}, {SBI_EXT_HSM, SBI_HSM_SUSPEND},
                {SBI_EXT_HSM, 64},           {SBI_EXT_SRST, SBI_SRST_RESET},
                {SBI_EXT_SUSP, 0},           {SBI_EXT_LEGACY_SHUTDOWN, 0}};
    for (size_t i = 0; i < COUNT(away); i++)
        assert_false(is_in_place(away[i].id, away[i].function));
    assert_true(is_in_place(SBI_EXT_HSM, SBI_HSM_START));
    assert_true(is_in_place(SBI_EXT_HSM, SBI_HSM_STATUS));
    assert_true(is_in_place(SBI_EXT_LEGACY_PUTCHAR, UINT64_MAX)); /* has no functions */
    assert_true(is_in_place(SBI_EXT_RFENCE, 99));
    assert_true(is_in_place(0x0A000000, 0)); /* is not there, and says so */
    for (size_t slot = 0; slot < SBI_SLOTS; slot++)
        if (sbi_extensions[slot] != NULL && sbi_extensions[slot]->shortcut != NULL)
            assert_int_equal(sbi_extensions[slot]->in_place, SBI_ALL_IN_PLACE);
}

int run_table_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unknown_extensions_are_not_supported),
        TEST(unknown_functions_are_not_supported),
        TEST(calls_that_may_not_return_are_not_in_place),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
