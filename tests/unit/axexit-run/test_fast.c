#include "fixture.h"
#include <string.h>

#define ECALL_PC UINT64_C(0x80201000)

static struct vcpu *const vcpu = &f.vcpus[1];

static void set_call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1)
{
    vcpu->x[REG_A7] = extension;
    vcpu->x[REG_A6] = function;
    vcpu->x[REG_A0] = a0;
    vcpu->x[REG_A1] = a1;
    fake_csr.sepc = ECALL_PC;
}

/* Answered: `a1` and success, the pc behind the ecall, and of all registers only a0 and a1. */
static void assert_answers(uint64_t a1)
{
    uint64_t x[REG_COUNT];
    memcpy(x, vcpu->x, sizeof x);
    x[REG_A0] = SBI_SUCCESS;
    x[REG_A1] = a1;
    assert_true(exit_fast(vcpu, EXC_ECALL_VS, fake_csr.time));
    assert_memory_equal(vcpu->x, x, sizeof x);
    assert_int_equal(fake_csr.sepc, ECALL_PC + 4);
}

/* Left to the slow path: nothing has changed but the count of exits. */
static void assert_leaves(uint64_t cause)
{
    struct vcpu before = *vcpu;
    struct fake_csrs csrs = fake_csr;
    before.exits++;
    assert_false(exit_fast(vcpu, cause, fake_csr.time));
    assert_memory_equal(vcpu, &before, sizeof before);
    assert_memory_equal(&fake_csr, &csrs, sizeof csrs);
}

static void arms_the_guests_own_timer(void **state)
{
    vcpu->has_sstc = true;
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, 123456, 77);
    assert_answers(0);
    assert_int_equal(fake_csr.vstimecmp, 123456);
    assert_int_equal(vcpu->exits, 1);
}

static void leaves_the_timer_without_sstc(void **state)
{
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, 123456, 0);
    assert_leaves(EXC_ECALL_VS);
}

static void sends_an_ipi_to_itself(void **state)
{
    static const struct {
        uint64_t mask, base;
    } self[] = {{2, 0}, {1, 1}};
    for (size_t i = 0; i < 2; i++) {
        fake_csr.hvip = 0;
        set_call(SBI_EXT_IPI, SBI_IPI_SEND, self[i].mask, self[i].base);
        assert_answers(0);
        assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSSI));
    }
}

static void leaves_ipis_to_others(void **state)
{
    static const struct {
        uint64_t mask, base;
    } others[] = {{1, 0},          {3, 0},          {0, 0},
                  {2, 1},          {0, 1},          {1, 2},
                  {1, UINT64_MAX}, {2, UINT64_MAX}, {1, UINT64_MAX - 62},
                  {UINT64_MAX, 0}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        set_call(SBI_EXT_IPI, SBI_IPI_SEND, others[i].mask, others[i].base);
        assert_leaves(EXC_ECALL_VS);
    }
}

static void reaches_the_last_hart_of_a_mask(void **state)
{
    vcpu->id = 63;
    set_call(SBI_EXT_IPI, SBI_IPI_SEND, UINT64_C(1) << 63, 0);
    assert_answers(0);
}

static void says_its_version(void **state)
{
    set_call(SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 5, 6);
    assert_answers(SBI_GUEST_SPEC_VERSION);
}

static void leaves_other_calls(void **state)
{
    vcpu->has_sstc = true;
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER + 1, 1, 0);
    assert_leaves(EXC_ECALL_VS);
    set_call(SBI_EXT_IPI, SBI_IPI_SEND + 1, 2, 0);
    assert_leaves(EXC_ECALL_VS);
    set_call(SBI_EXT_BASE, SBI_BASE_IMPL_ID, 0, 0);
    assert_leaves(EXC_ECALL_VS);
    set_call(UINT64_C(1) << 32 | SBI_EXT_TIME, SBI_TIME_SET_TIMER, 1, 0);
    assert_leaves(EXC_ECALL_VS);
    set_call(SBI_EXT_LEGACY_SET_TIMER, 0, 1, 0);
    assert_leaves(EXC_ECALL_VS);
}

static void leaves_other_causes(void **state)
{
    static const uint64_t causes[] = {EXC_ECALL_U,
                                      EXC_ECALL_S,
                                      EXC_LOAD_GUEST_PAGE,
                                      EXC_VIRTUAL_INSTRUCTION,
                                      CAUSE_INTERRUPT | IRQ_SSI,
                                      CAUSE_INTERRUPT | EXC_ECALL_VS,
                                      UINT64_MAX};
    vcpu->has_sstc = true;
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, 1, 0);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        assert_leaves(causes[i]);
}

int run_fast_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(arms_the_guests_own_timer, fixture_setup),
        cmocka_unit_test_setup(leaves_the_timer_without_sstc, fixture_setup),
        cmocka_unit_test_setup(sends_an_ipi_to_itself, fixture_setup),
        cmocka_unit_test_setup(leaves_ipis_to_others, fixture_setup),
        cmocka_unit_test_setup(reaches_the_last_hart_of_a_mask, fixture_setup),
        cmocka_unit_test_setup(says_its_version, fixture_setup),
        cmocka_unit_test_setup(leaves_other_calls, fixture_setup),
        cmocka_unit_test_setup(leaves_other_causes, fixture_setup),
    };
    return cmocka_run_group_tests_name("fast path", tests, NULL, NULL);
}
