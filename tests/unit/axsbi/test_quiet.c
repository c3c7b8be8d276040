#include "fixture.h"
#include <axhal/arch/csr.h>

#define BEGIN SBI_EXT_QUIET, SBI_QUIET_BEGIN
#define END SBI_EXT_QUIET, SBI_QUIET_END
#define STATUS SBI_EXT_QUIET, SBI_QUIET_STATUS

/* The guest runs for so long; then the caller's next exit begins. */
static void run(uint64_t ticks)
{
    ledger_enter_guest(f.vcpus[CALLER].ledger);
    fake_csr.time += ticks;
    ledger_switch(f.vcpus[CALLER].ledger, LEDGER_SBI_OTHER);
}

static void its_id_is_the_implementations(void **state)
{
    struct answer id = CALL(SBI_EXT_BASE, SBI_BASE_IMPL_ID);
    assert_int_equal(SBI_EXT_QUIET >> 24, 0x0A);
    assert_int_equal(SBI_EXT_QUIET & 0xFFFFFF, id.value & 0xFFFFFF);
    ASSERT_RETURNS(1, SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_QUIET);
}

static void a_quiet_guest_is_told_so(void **state)
{
    ASSERT_DOES("", BEGIN, 0);
    run(6000);
    ASSERT_RETURNS(0, END, 0);
    ASSERT_RETURNS(0, STATUS, SBI_QUIET_EXITS);
    ASSERT_RETURNS(6000, STATUS, SBI_QUIET_TICKS);
}

static void looks_at_it_are_violations(void **state)
{
    ASSERT_DOES("", BEGIN, 0);
    run(100);
    ASSERT_RETURNS(0, STATUS, SBI_QUIET_EXITS); /* this one is not over */
    run(50);
    ASSERT_RETURNS(1, STATUS, SBI_QUIET_EXITS);
    ASSERT_RETURNS(150, STATUS, SBI_QUIET_TICKS);
    run(50);
    ASSERT_RETURNS(2, END, 0);
    run(50);
    ASSERT_RETURNS(2, STATUS, SBI_QUIET_EXITS);
}

static void refuses_flags_and_other_questions(void **state)
{
    static const uint64_t wrong[] = {1, 2, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < COUNT(wrong); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, BEGIN, wrong[i]);
    ASSERT_DOES("", BEGIN, 0);
    for (size_t i = 0; i < COUNT(wrong); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, END, wrong[i]);
    for (size_t i = 1; i < COUNT(wrong); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, STATUS, wrong[i]);
}

static void refuses_what_is_so_already(void **state)
{
    ASSERT_REFUSED(SBI_ERR_ALREADY_STOPPED, END, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_STATE, STATUS, SBI_QUIET_EXITS);
    ASSERT_DOES("", BEGIN, 0);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STARTED, BEGIN, 0);
    run(1);
    ASSERT_RETURNS(0, END, 0);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STOPPED, END, 0);
    ASSERT_DOES("", BEGIN, 0);
}

int run_quiet_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(its_id_is_the_implementations), TEST(a_quiet_guest_is_told_so),
        TEST(looks_at_it_are_violations),    TEST(refuses_flags_and_other_questions),
        TEST(refuses_what_is_so_already),
    };
    return cmocka_run_group_tests_name("quiet", tests, NULL, NULL);
}
