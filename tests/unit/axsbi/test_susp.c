#include "fixture.h"

#define SUSPEND SBI_EXT_SUSP, SBI_SUSP_SUSPEND
#define TO_RAM 0

static void stop_others(void)
{
    for (uint32_t i = 0; i < HARTS; i++)
        if (i != CALLER)
            f.vcpus[i].hsm_state = SBI_HSM_STOPPED;
}

static void assert_suspended(struct answer a, uint64_t resume, uint64_t opaque)
{
    const struct vcpu *vcpu = &f.vcpus[CALLER];
    assert_int_equal(a.verdict, SBI_WAIT);
    assert_int_equal(vcpu->hsm_state, SBI_HSM_SUSPENDED);
    assert_true(vcpu->resume_pending);
    assert_int_equal(vcpu->resume_pc, resume);
    assert_int_equal(vcpu->resume_opaque, opaque);
    assert_events("");
}

static void suspends_when_all_others_are_stopped(void **state)
{
    stop_others();
    assert_suspended(CALL(SUSPEND, TO_RAM, RAM + 0x40, 77), RAM + 0x40, 77);
}

static void the_type_is_32_bits_wide(void **state)
{
    stop_others();
    assert_suspended(CALL(SUSPEND, UINT64_C(1) << 32, RAM, 1), RAM, 1);
}

static void a_single_hart_may_suspend(void **state)
{
    stop_others();
    f.machine.vcpu_count = CALLER + 1;
    assert_suspended(CALL(SUSPEND, TO_RAM, RAM, 0), RAM, 0);
}

static void is_denied_while_another_hart_is_not_stopped(void **state)
{
    ASSERT_REFUSED(SBI_ERR_DENIED, SUSPEND, TO_RAM, RAM, 0);
    for (uint32_t s = SBI_HSM_STARTED; s <= SBI_HSM_RESUME_PENDING; s++) {
        if (s == SBI_HSM_STOPPED)
            continue;
        stop_others();
        f.vcpus[3].hsm_state = s;
        ASSERT_REFUSED(SBI_ERR_DENIED, SUSPEND, TO_RAM, RAM, 0);
    }
}

static void refuses_types_that_are_not_there(void **state)
{
    static const uint64_t types[] = {1, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX};
    stop_others();
    for (size_t i = 0; i < COUNT(types); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SUSPEND, types[i], RAM, 0);
}

static void refuses_an_address_that_is_no_entry(void **state)
{
    static const uint64_t no_entries[] = {0, RAM - 2, RAM + 1, RAM_END, UINT64_MAX, 0x10000000};
    stop_others();
    for (size_t i = 0; i < COUNT(no_entries); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SUSPEND, TO_RAM, no_entries[i], 0);
}

int run_susp_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(suspends_when_all_others_are_stopped),
        TEST(the_type_is_32_bits_wide),
        TEST(a_single_hart_may_suspend),
        TEST(is_denied_while_another_hart_is_not_stopped),
        TEST(refuses_types_that_are_not_there),
        TEST(refuses_an_address_that_is_no_entry),
    };
    return cmocka_run_group_tests_name("susp", tests, NULL, NULL);
}
