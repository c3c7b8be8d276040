#include "fixture.h"

#define START SBI_EXT_HSM, SBI_HSM_START
#define STOP SBI_EXT_HSM, SBI_HSM_STOP
#define STATUS SBI_EXT_HSM, SBI_HSM_STATUS
#define SUSPEND SBI_EXT_HSM, SBI_HSM_SUSPEND
#define RETENTIVE 0
#define NON_RETENTIVE UINT64_C(0x80000000)

static const uint64_t no_harts[] = {HARTS, 63, 64, UINT64_C(1) << 32, UINT64_MAX};
/* Not the guest's RAM, or where no instruction may stand. */
static const uint64_t no_entries[] = {0,       0x10000000,  RAM - 2,    RAM_END, RAM_END - 1,
                                      RAM + 1, RAM + 0x7ff, UINT64_MAX, -RAM,    UINT64_MAX - 1};

static void starts_a_stopped_hart(void **state)
{
    ASSERT_DOES("start 3 0x80000100 0xabc\n", START, 3, RAM + 0x100, 0xabc);
    assert_int_equal(f.vcpus[3].hsm_state, SBI_HSM_START_PENDING);
}

static void starts_anywhere_in_ram(void **state)
{
    ASSERT_DOES("start 3 0x80000000 0xffffffffffffffff\n", START, 3, RAM, UINT64_MAX);
    f.vcpus[3].hsm_state = SBI_HSM_STOPPED;
    ASSERT_DOES("start 3 0x80001ffe 0\n", START, 3, RAM_END - 2, 0);
}

static void start_refuses_a_hart_that_is_not_there(void **state)
{
    for (size_t i = 0; i < COUNT(no_harts); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, START, no_harts[i], RAM, 0);
}

static void start_refuses_an_address_that_is_no_entry(void **state)
{
    for (size_t i = 0; i < COUNT(no_entries); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, START, 3, no_entries[i], 0);
}

static void starts_no_hart_where_nothing_can_be_executed(void **state)
{
    f.memory.ram[0].rights = RAM_READ | RAM_WRITE;
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, START, 3, RAM, 0);
}

static void start_refuses_a_hart_that_is_not_stopped(void **state)
{
    for (uint32_t s = SBI_HSM_STARTED; s <= SBI_HSM_RESUME_PENDING; s++) {
        if (s == SBI_HSM_STOPPED)
            continue;
        f.vcpus[3].hsm_state = s;
        ASSERT_REFUSED(SBI_ERR_ALREADY_AVAILABLE, START, 3, RAM, 0);
    }
    ASSERT_REFUSED(SBI_ERR_ALREADY_AVAILABLE, START, CALLER, RAM, 0);
}

static void stops_the_caller(void **state)
{
    struct answer a = CALL(STOP, 0, 0);
    assert_int_equal(a.verdict, SBI_HALT);
    assert_int_equal(f.vcpus[CALLER].hsm_state, SBI_HSM_STOPPED);
    assert_int_equal(f.vcpus[0].hsm_state, SBI_HSM_STARTED);
    assert_events("");
}

static void looks_whether_all_are_stopped(void **state)
{
    for (uint32_t i = 0; i < HARTS - 1; i++) { /* the last one is stopped already */
        assert_false(sbi_all_stopped(&f.machine, NULL));
        f.vcpus[i].hsm_state = SBI_HSM_STOPPED;
    }
    assert_true(sbi_all_stopped(&f.machine, NULL));
    f.vcpus[2].hsm_state = SBI_HSM_START_PENDING;
    assert_false(sbi_all_stopped(&f.machine, NULL));
    assert_false(sbi_all_stopped(&f.machine, &f.vcpus[1]));
    assert_true(sbi_all_stopped(&f.machine, &f.vcpus[2]));
}

static void gives_each_state_by_its_number(void **state)
{
    for (uint32_t s = SBI_HSM_STARTED; s <= SBI_HSM_RESUME_PENDING; s++) {
        f.vcpus[2].hsm_state = s;
        ASSERT_RETURNS(s, STATUS, 2);
    }
    ASSERT_RETURNS(SBI_HSM_STARTED, STATUS, CALLER);
    ASSERT_RETURNS(SBI_HSM_STOPPED, STATUS, 3);
}

static void status_refuses_a_hart_that_is_not_there(void **state)
{
    for (size_t i = 0; i < COUNT(no_harts); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, STATUS, no_harts[i]);
}

static void suspends_with_registers_kept(void **state)
{
    struct answer a = CALL(SUSPEND, RETENTIVE, UINT64_MAX, 5); /* the address is not used */
    assert_int_equal(a.verdict, SBI_WAIT);
    assert_int_equal(a.error, SBI_SUCCESS);
    assert_int_equal(a.value, 0);
    assert_int_equal(f.vcpus[CALLER].hsm_state, SBI_HSM_SUSPENDED);
    assert_false(f.vcpus[CALLER].resume_pending);
    assert_events("");
}

static void suspends_to_resume_elsewhere(void **state)
{
    struct answer a = CALL(SUSPEND, NON_RETENTIVE, RAM + 0x200, 0xdef);
    assert_int_equal(a.verdict, SBI_WAIT);
    assert_int_equal(f.vcpus[CALLER].hsm_state, SBI_HSM_SUSPENDED);
    assert_true(f.vcpus[CALLER].resume_pending);
    assert_int_equal(f.vcpus[CALLER].resume_pc, RAM + 0x200);
    assert_int_equal(f.vcpus[CALLER].resume_opaque, 0xdef);
    assert_events("");
}

/* Compilers pass a uint32_t sign-extended, Linux zero-extended (SBI 2.0 §3). */
static void the_type_is_32_bits_wide(void **state)
{
    assert_int_equal(CALL(SUSPEND, NON_RETENTIVE | UINT64_C(0xffffffff) << 32, RAM, 0).verdict,
                     SBI_WAIT);
    assert_true(f.vcpus[CALLER].resume_pending);
    f.vcpus[CALLER].resume_pending = false; /* it was resumed */
    f.vcpus[CALLER].hsm_state = SBI_HSM_STARTED;
    assert_int_equal(CALL(SUSPEND, UINT64_C(7) << 32, RAM, 0).verdict, SBI_WAIT);
}

static void suspend_refuses_an_address_that_is_no_entry(void **state)
{
    for (size_t i = 0; i < COUNT(no_entries); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SUSPEND, NON_RETENTIVE, no_entries[i], 0);
}

static void suspend_refuses_types_that_are_not_there(void **state)
{
    static const uint64_t types[] = {
        1,          0x0fffffff, /* reserved */
        0x10000000, 0x7fffffff, /* platform-specific, retentive */
        0x80000001, 0x8fffffff, /* reserved */
        0x90000000, 0xffffffff, /* platform-specific, non-retentive */
        UINT64_MAX,
    };
    for (size_t i = 0; i < COUNT(types); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SUSPEND, types[i], RAM, 0);
}

int run_hsm_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(starts_a_stopped_hart),
        TEST(starts_anywhere_in_ram),
        TEST(start_refuses_a_hart_that_is_not_there),
        TEST(start_refuses_an_address_that_is_no_entry),
        TEST(starts_no_hart_where_nothing_can_be_executed),
        TEST(start_refuses_a_hart_that_is_not_stopped),
        TEST(stops_the_caller),
        TEST(looks_whether_all_are_stopped),
        TEST(gives_each_state_by_its_number),
        TEST(status_refuses_a_hart_that_is_not_there),
        TEST(suspends_with_registers_kept),
        TEST(suspends_to_resume_elsewhere),
        TEST(the_type_is_32_bits_wide),
        TEST(suspend_refuses_an_address_that_is_no_entry),
        TEST(suspend_refuses_types_that_are_not_there),
    };
    return cmocka_run_group_tests_name("hsm", tests, NULL, NULL);
}
