/* The legacy calls return in a0 only: a1 is kept, and a6 is not looked at (SBI 2.0 §5). */
#include "fixture.h"

#define A1 UINT64_C(0x1234567890)

/* Calls with every kind of a6, asserts a0 and that a1 is what it was. */
static void assert_a0(long a0, const char *events, uint64_t id, uint64_t arg)
{
    static const uint64_t functions[] = {0, 1, UINT64_MAX};
    for (size_t i = 0; i < COUNT(functions); i++) {
        struct answer a = CALL(id, functions[i], arg, A1);
        assert_int_equal(a.verdict, SBI_RESUME);
        assert_int_equal(a.error, a0);
        assert_int_equal(a.value, A1);
        assert_events(events);
    }
}

static void sets_the_timer(void **state)
{
    assert_a0(0, "timer 1 99\n", SBI_EXT_LEGACY_SET_TIMER, 99);
    assert_a0(0, "timer 1 18446744073709551615\n", SBI_EXT_LEGACY_SET_TIMER, UINT64_MAX);
}

static void puts_a_character(void **state)
{
    assert_a0(0, "write 1\n", SBI_EXT_LEGACY_PUTCHAR, 'a');
    assert_a0(0, "write 1\n", SBI_EXT_LEGACY_PUTCHAR, 0x141);
    f.output_broken = true;
    assert_a0(SBI_ERR_FAILED, "", SBI_EXT_LEGACY_PUTCHAR, 'a');
    assert_memory_equal(f.output, "aaaAAA", 6);
}

static void gets_a_character(void **state)
{
    f.input = "zzz\xff\xff\xff";
    assert_a0('z', "read 1 of 1\n", SBI_EXT_LEGACY_GETCHAR, 0);
    assert_a0(255, "read 1 of 1\n", SBI_EXT_LEGACY_GETCHAR, 0); /* not -1: that means none */
    assert_a0(-1, "read 0 of 1\n", SBI_EXT_LEGACY_GETCHAR, 0);
}

static void shuts_the_machine_down(void **state)
{
    assert_int_equal(CALL(SBI_EXT_LEGACY_SHUTDOWN, 0, 0).verdict, SBI_HALT);
    assert_events("reset 0 0\n");
}

static void the_others_are_not_supported(void **state)
{
    static const uint64_t ids[] = {SBI_EXT_LEGACY_CLEAR_IPI,
                                   SBI_EXT_LEGACY_SEND_IPI,
                                   SBI_EXT_LEGACY_FENCE_I,
                                   SBI_EXT_LEGACY_SFENCE_VMA,
                                   SBI_EXT_LEGACY_SFENCE_VMA_ASID,
                                   0x09,
                                   0x0f};
    for (size_t i = 0; i < COUNT(ids); i++)
        assert_a0(SBI_ERR_NOT_SUPPORTED, "", ids[i], RAM);
}

int run_legacy_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sets_the_timer),
        TEST(puts_a_character),
        TEST(gets_a_character),
        TEST(shuts_the_machine_down),
        TEST(the_others_are_not_supported),
    };
    return cmocka_run_group_tests_name("legacy", tests, NULL, NULL);
}
