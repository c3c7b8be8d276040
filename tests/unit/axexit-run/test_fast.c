#include "fixture.h"
#include <axhal/arch/cpu.h>
#include <axtrace/ledger_book.h>
#include <string.h>

#define ECALL_PC UINT64_C(0x80201000)

static struct vcpu *const vcpu = &f.vcpus[1];

/* Short pieces are usual ones in all columns that the fast path knows. */
static int setup(void **state)
{
    static const enum ledger_column columns[] = {
        LEDGER_GUEST,          LEDGER_SBI_TIME,     LEDGER_SBI_IPI,       LEDGER_SBI_BASE,
        LEDGER_SBI_HSM_STATUS, LEDGER_SBI_RFENCE_I, LEDGER_SBI_RFENCE_VMA};
    fixture_setup(state);
    fake_cpu = (struct fake_cpu){0};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        ledger_set_limit(vcpu->ledger, columns[i]);
    return 0;
}

static void set_call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1)
{
    vcpu->x[REG_A7] = extension;
    vcpu->x[REG_A6] = function;
    vcpu->x[REG_A0] = a0;
    vcpu->x[REG_A1] = a1;
    fake_csr.sepc = ECALL_PC;
}

static enum exit_left take_exit(void)
{
    return exit_fast(vcpu, vcpu->x[REG_A0], fake_csr.time, 0, 0, 0, vcpu->x[REG_A6],
                     vcpu->x[REG_A7]);
}

/* Answered: `a1` and success, the pc after the ecall, and of all registers only a0 and a1. */
static void assert_answers(uint64_t a1)
{
    uint64_t x[REG_COUNT];
    memcpy(x, vcpu->x, sizeof x);
    x[REG_A0] = SBI_SUCCESS;
    x[REG_A1] = a1;
    assert_int_equal(take_exit(), EXIT_DONE);
    assert_memory_equal(vcpu->x, x, sizeof x);
    assert_int_equal(fake_csr.sepc, ECALL_PC + 4);
}

/* Left open: nothing has changed but the count of exits and when it began; and the guest's time is
 * booked if `left` says so. */
static void assert_left(enum exit_left left)
{
    uint64_t booked = ledger_count(vcpu->ledger, LEDGER_GUEST) + (left == EXIT_BEGUN);
    struct vcpu before = *vcpu;
    struct fake_csrs csrs = fake_csr;
    before.exits++;
    before.exit_time = fake_csr.time;
    assert_int_equal(take_exit(), left);
    assert_memory_equal(vcpu, &before, sizeof before);
    assert_memory_equal(&fake_csr, &csrs, sizeof csrs);
    assert_int_equal(fake_cpu.fences_i + fake_cpu.hfences_vvma, 0);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_GUEST), booked);
}

static void assert_leaves(void)
{
    assert_left(EXIT_BEGUN);
    assert_int_equal(vcpu->ledger->mark, fake_csr.time);
}

static void arms_the_guests_own_timer(void **state)
{
    vcpu->without_sstc = false;
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, 123456, 77);
    assert_answers(0);
    assert_int_equal(fake_csr.vstimecmp, 123456);
    assert_int_equal(vcpu->exits, 1);
}

static void leaves_the_timer_without_sstc(void **state)
{
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, 123456, 0);
    assert_leaves();
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
        assert_leaves();
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

static void says_what_it_is(void **state)
{
    static const uint64_t answers[] = {
        [SBI_BASE_IMPL_ID] = SBI_GUEST_IMPL_ID,
        [SBI_BASE_IMPL_VERSION] = SBI_GUEST_IMPL_VERSION,
        [SBI_BASE_MVENDORID] = 11,
        [SBI_BASE_MARCHID] = 12,
        [SBI_BASE_MIMPID] = 13,
    };
    f.machine.sbi.mvendorid = 11;
    f.machine.sbi.marchid = 12;
    f.machine.sbi.mimpid = 13;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i] != 0) {
            set_call(SBI_EXT_BASE, i, 5, 6);
            assert_answers(answers[i]);
        }
}

static void probes_extensions(void **state)
{
    static const struct sbi_extension time = {.id = SBI_EXT_TIME};
    static const sbi_table_t table = {[SBI_SLOT(SBI_EXT_TIME)] = &time};
    f.machine.sbi.extensions = table;
    set_call(SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_TIME, 6);
    assert_answers(true);
    set_call(SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_IPI, 6); /* an empty slot */
    assert_answers(false);
    set_call(SBI_EXT_BASE, SBI_BASE_PROBE, UINT64_C(1) << 32 | SBI_EXT_TIME, 6); /* the same slot */
    assert_answers(false);
}

static void tells_a_harts_state(void **state)
{
    f.vcpus[0].hsm_state = SBI_HSM_SUSPENDED;
    set_call(SBI_EXT_HSM, SBI_HSM_STATUS, 0, 6);
    assert_answers(SBI_HSM_SUSPENDED);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_SBI_HSM_STATUS), 1);
    set_call(SBI_EXT_HSM, SBI_HSM_STATUS, 2, 0); /* the machine has two */
    assert_leaves();
    set_call(SBI_EXT_HSM, SBI_HSM_STATUS, UINT64_MAX, 0);
    assert_leaves();
}

static void fences_itself(void **state)
{
    set_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 2, 0);
    assert_answers(0);
    assert_int_equal(fake_cpu.fences_i, 1);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_SBI_RFENCE_I), 1);
    set_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 1, 1);
    vcpu->x[REG_A2] = UINT64_MAX - 4095;
    vcpu->x[REG_A3] = 4096;
    assert_answers(0);
    assert_int_equal(fake_cpu.hfences_vvma, 1);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_SBI_RFENCE_VMA), 1);
}

static void leaves_other_fences(void **state)
{
    set_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 3, 0);
    assert_leaves();
    set_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 0, UINT64_MAX);
    assert_leaves();
    set_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA_ASID, 2, 0); /* the ASID is to be checked */
    assert_leaves();
    set_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 2, 0);
    vcpu->x[REG_A2] = UINT64_MAX - 4094;
    vcpu->x[REG_A3] = 4096; /* beyond the last address */
    assert_leaves();
}

static void leaves_other_calls(void **state)
{
    static const sbi_table_t empty;
    f.machine.sbi.extensions = empty;
    vcpu->without_sstc = false;
    set_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER + 1, 1, 0);
    assert_leaves();
    set_call(SBI_EXT_IPI, SBI_IPI_SEND + 1, 2, 0);
    assert_leaves();
    set_call(SBI_EXT_BASE, SBI_BASE_MIMPID + 1, 0, 0);
    assert_leaves();
    set_call(SBI_EXT_HSM, SBI_HSM_STOP, 0, 0);
    assert_leaves();
    set_call(UINT64_C(1) << 32 | SBI_EXT_TIME, SBI_TIME_SET_TIMER, 1, 0);
    assert_leaves();
    set_call(SBI_EXT_LEGACY_SET_TIMER, 0, 1, 0);
    assert_leaves();
}

static void leaves_what_is_not_usual(void **state)
{
    set_call(SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 5, 6);
    ledger_hold(vcpu->ledger, LEDGER_GUEST); /* the guest's time */
    assert_left(EXIT_OPEN);
    ledger_set_limit(vcpu->ledger, LEDGER_GUEST);
    ledger_hold(vcpu->ledger, LEDGER_SBI_BASE); /* the exit's own: it is served, and not booked */
    assert_int_equal(take_exit(), EXIT_BOOK);
    assert_int_equal(vcpu->x[REG_A1], SBI_GUEST_SPEC_VERSION);
    assert_int_equal(vcpu->ledger->column, LEDGER_SBI_BASE);
}

/* A guest without Sstc, whose timer is due; it takes it at once. */
static int setup_due_timer(void **state)
{
    setup(state);
    fake_csr.time = 1010;
    vcpu->guest_deadline = 1000;
    vcpu->timer_alone = true;
    fake_csr.vsstatus = SSTATUS_SIE;
    fake_csr.sstatus = SSTATUS_SPP;
    fake_csr.sie = IRQ_BIT(IRQ_STI) | IRQ_BIT(IRQ_SSI);
    fake_csr.sepc = ECALL_PC;
    return 0;
}

static enum exit_left take_timer(void)
{
    return exit_fast_interrupt(vcpu, CAUSE_INTERRUPT | IRQ_STI, 1010);
}

static void delivers_the_guests_timer(void **state)
{
    assert_int_equal(take_timer(), EXIT_DONE);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSTI));
    assert_int_equal(fake_csr.sie, IRQ_BIT(IRQ_SSI));
    assert_int_equal(vcpu->guest_deadline, UINT64_MAX);
    assert_int_equal(vcpu->delivered.deadline, 1000);
    assert_int_equal(vcpu->delivered.exit, 1010);
    assert_int_equal(vcpu->delivered.pc, ECALL_PC);
    assert_false(vcpu->delivered.masked);
    assert_int_equal(vcpu->exits, 1);
    set_call(SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 0, 0); /* the next exit has to account for it */
    assert_left(EXIT_OPEN);
}

static void says_that_the_guest_masks_its_timer(void **state)
{
    fake_csr.vsstatus = 0;
    assert_int_equal(take_timer(), EXIT_DONE);
    assert_true(vcpu->delivered.masked);
    setup_due_timer(state);
    fake_csr.vsstatus = fake_csr.sstatus = 0; /* VU-mode */
    assert_int_equal(take_timer(), EXIT_DONE);
    assert_false(vcpu->delivered.masked);
}

static void assert_leaves_timer(void)
{
    assert_int_equal(take_timer(), EXIT_OPEN);
    assert_int_equal(fake_csr.hvip, 0);
    assert_int_equal(vcpu->guest_deadline, 1000);
    assert_int_equal(vcpu->exit_time, 1010);
}

static void leaves_timers_that_are_not_the_guests_alone(void **state)
{
    vcpu->timer_alone = false;
    assert_leaves_timer();
    setup_due_timer(state);
    ledger_arm(vcpu->ledger, LEDGER_ARMED_TRACE, true);
    assert_leaves_timer();
    setup_due_timer(state);
    vcpu->late_open = true;
    assert_leaves_timer();
    setup_due_timer(state);
    assert_int_equal(take_timer(), EXIT_DONE);
    vcpu->guest_deadline = 1000;
    vcpu->timer_alone = true;
    fake_csr.hvip = 0;
    assert_leaves_timer(); /* the one before is to be accounted for */
}

static void leaves_a_timer_that_is_not_due(void **state)
{
    vcpu->guest_deadline = 1011;
    assert_int_equal(take_timer(), EXIT_OPEN);
    assert_int_equal(fake_csr.hvip, 0);
}

static void leaves_other_interrupts(void **state)
{
    assert_int_equal(exit_fast_interrupt(vcpu, CAUSE_INTERRUPT | IRQ_SSI, 1010), EXIT_OPEN);
    assert_int_equal(exit_fast_interrupt(vcpu, CAUSE_INTERRUPT | IRQ_SEI, 1010), EXIT_OPEN);
    assert_int_equal(fake_csr.hvip, 0);
    assert_int_equal(vcpu->exits, 2);
}

int run_fast_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(arms_the_guests_own_timer, setup),
        cmocka_unit_test_setup(leaves_the_timer_without_sstc, setup),
        cmocka_unit_test_setup(sends_an_ipi_to_itself, setup),
        cmocka_unit_test_setup(leaves_ipis_to_others, setup),
        cmocka_unit_test_setup(reaches_the_last_hart_of_a_mask, setup),
        cmocka_unit_test_setup(says_its_version, setup),
        cmocka_unit_test_setup(says_what_it_is, setup),
        cmocka_unit_test_setup(probes_extensions, setup),
        cmocka_unit_test_setup(tells_a_harts_state, setup),
        cmocka_unit_test_setup(fences_itself, setup),
        cmocka_unit_test_setup(leaves_other_fences, setup),
        cmocka_unit_test_setup(leaves_other_calls, setup),
        cmocka_unit_test_setup(leaves_what_is_not_usual, setup),
        cmocka_unit_test_setup(delivers_the_guests_timer, setup_due_timer),
        cmocka_unit_test_setup(says_that_the_guest_masks_its_timer, setup_due_timer),
        cmocka_unit_test_setup(leaves_timers_that_are_not_the_guests_alone, setup_due_timer),
        cmocka_unit_test_setup(leaves_a_timer_that_is_not_due, setup_due_timer),
        cmocka_unit_test_setup(leaves_other_interrupts, setup_due_timer),
    };
    return cmocka_run_group_tests_name("fast path", tests, NULL, NULL);
}
