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

static void clears_the_callers_ipi(void **state)
{
    assert_a0(0, "clear ipi 1\n", SBI_EXT_LEGACY_CLEAR_IPI, 7);
}

/* Bits of harts that are not there are ignored (OpenSBI); no address means all harts. */
static void reads_the_list_in_the_guests_memory(void **state)
{
    f.list = 1 | 1 << CALLER | UINT64_C(1) << 63;
    assert_a0(0, "post 0 0x1\npost 1 0x1\n", SBI_EXT_LEGACY_SEND_IPI, LIST_GVA);
    assert_a0(0, "remote fence from 1 to 0x1 0x8\nlocal fence 1 0x8\n", SBI_EXT_LEGACY_FENCE_I,
              LIST_GVA);
    assert_a0(0, "remote fence from 1 to 0x1 0x10\nlocal fence 1 0x10\n", SBI_EXT_LEGACY_SFENCE_VMA,
              LIST_GVA);
    assert_a0(0, "remote fence from 1 to 0x1 0x10\nlocal fence 1 0x10\n",
              SBI_EXT_LEGACY_SFENCE_VMA_ASID, LIST_GVA);
    assert_a0(0, "remote fence from 1 to 0xd 0x8\nlocal fence 1 0x8\n", SBI_EXT_LEGACY_FENCE_I, 0);
}

static void a_list_that_can_not_be_read_is_an_error(void **state)
{
    for (uint64_t id = SBI_EXT_LEGACY_SEND_IPI; id <= SBI_EXT_LEGACY_SFENCE_VMA_ASID; id++)
        assert_a0(SBI_ERR_INVALID_ADDRESS, "", id, LIST_GVA + 4);
    f.list = 1;
    f.fence_times_out = true;
    assert_a0(SBI_ERR_FAILED, "remote fence from 1 to 0x1 0x8\n", SBI_EXT_LEGACY_FENCE_I, LIST_GVA);
}

static void the_others_are_not_supported(void **state)
{
    for (uint64_t id = SBI_EXT_LEGACY_SHUTDOWN + 1; id < SBI_EXT_BASE; id++)
        assert_a0(SBI_ERR_NOT_SUPPORTED, "", id, RAM);
}

int run_legacy_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sets_the_timer),
        TEST(puts_a_character),
        TEST(gets_a_character),
        TEST(shuts_the_machine_down),
        TEST(clears_the_callers_ipi),
        TEST(reads_the_list_in_the_guests_memory),
        TEST(a_list_that_can_not_be_read_is_an_error),
        TEST(the_others_are_not_supported),
    };
    return cmocka_run_group_tests_name("legacy", tests, NULL, NULL);
}
