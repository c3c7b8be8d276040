#include "fixture.h"

static struct vcpu *const vcpu = &f.vcpus[0];

static void assert_pc(uint64_t pc)
{
    assert_int_equal(vcpu->sepc, pc);
}

static void resumes_after_an_ecall(void **state)
{
    f.answer = SBI_RESUME;
    run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
    assert_events("clear sbi ");
    assert_pc(PC + 4);
}

static void retries_after_an_interrupt(void **state)
{
    run_exit((struct vm_exit){.cause = CAUSE_INTERRUPT | IRQ_SSI});
    assert_events("clear dispatch mailbox ");
    assert_pc(PC);
    run_exit((struct vm_exit){.cause = CAUSE_INTERRUPT | EXC_ECALL_VS}); /* no such number */
    assert_events("clear dispatch mailbox ");
}

static void makes_virtual_instructions_illegal(void **state)
{
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION, .tval = 0x60002573});
    assert_events("clear inject 2 0x60002573 ");
    assert_pc(PC);
}

static void code(uint32_t instruction)
{
    f.code[0] = (uint16_t)instruction;
    f.code[1] = (uint16_t)(instruction >> 16);
    f.readable = 2;
}

static void sleeps_for_a_guest_whose_wfi_exits(void **state)
{
    vcpu->trap_wfi = true;
    code(0x10500073);
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION});
    assert_events("clear wait mailbox ");
    assert_pc(PC + 4);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_IDLE), 1);
    fake_csr.hip = fake_csr.hie = IRQ_BIT(IRQ_VSTI);
    vcpu->requests = 0;
    vcpu->sepc = PC;
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION}); /* pending: no sleep */
    assert_events("clear mailbox ");
}

/* Priv 1.13 §18.6.1: hstatus.VTW catches wrs.nto too. */
static void wrs_nto_is_over_at_once(void **state)
{
    vcpu->trap_wfi = true;
    code(0x00d00073);
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION});
    assert_events("clear ");
    assert_pc(PC + 4);
}

/* The time of an exit goes to what it was for. */
static void books_exits_by_cause(void **state)
{
    static const struct {
        uint64_t cause;
        enum ledger_column column;
    } rows[] = {
        {CAUSE_INTERRUPT | IRQ_SSI, LEDGER_HOST_INTERRUPT},
        {EXC_VIRTUAL_INSTRUCTION, LEDGER_INJECT},
        {EXC_ILLEGAL, LEDGER_UNEXPECTED},
        {EXC_FETCH_GUEST_PAGE, LEDGER_INJECT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t before = ledger_count(vcpu->ledger, rows[i].column);
        run_exit((struct vm_exit){.cause = rows[i].cause});
        assert_int_equal(ledger_count(vcpu->ledger, rows[i].column), before + 1);
        assert_int_equal(vcpu->ledger->column, LEDGER_STOPPED); /* what halts it is no exit */
    }
    f.events[0] = '\0';
}

static void gives_system_calls_back(void **state)
{
    run_exit((struct vm_exit){.cause = EXC_ECALL_U, .tval = 7});
    assert_events("clear user inject 8 0 ");
    assert_pc(PC);
}

static void stops_the_vm_on_what_has_no_handler(void **state)
{
    static const uint64_t causes[] = {EXC_ILLEGAL, EXC_ECALL_S, 18, 19, 24, 63, ~CAUSE_INTERRUPT};
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        run_exit((struct vm_exit){.cause = causes[i]});
        assert_events("clear stop 0 an exit that has no handler clear ");
        assert_pc(PC);
    }
}

static void halts_at_the_ecall_that_stops(void **state)
{
    f.answer = SBI_HALT;
    run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
    assert_events("clear sbi clear "); /* STARTED: the reset of the VM was asked for */
    assert_pc(PC);
}

static void runs_no_stopped_vcpu(void **state)
{
    vcpu->hsm_state = SBI_HSM_STOPPED;
    run_exit((struct vm_exit){0});
    assert_events("clear wait mailbox ");
    assert_int_equal(f.runs, 0);
}

static void runs_no_paused_vcpu(void **state)
{
    vcpu->paused = true;
    run_exit((struct vm_exit){0});
    assert_events("clear wait mailbox ");
    assert_int_equal(f.runs, 0);
}

/* What is due for the host would only bring the guest out again. */
static void serves_the_host_before_an_entry(void **state)
{
    fake_csr.sip = fake_csr.sie = IRQ_BIT(IRQ_STI);
    f.answer = SBI_RESUME;
    run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
    assert_events("clear dispatch mailbox sbi ");
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_STOPPED), 1);
}

static void halts_before_it_starts(void **state)
{
    vcpu->hsm_state = SBI_HSM_START_PENDING;
    vcpu->requests = VCPU_REQ_HALT | VCPU_REQ_START;
    run_exit((struct vm_exit){0});
    assert_events("clear ");
    assert_int_equal(vcpu->hsm_state, SBI_HSM_START_PENDING);
}

static void starts_where_it_is_told_to(void **state)
{
    vcpu->hsm_state = SBI_HSM_START_PENDING;
    vcpu->requests = VCPU_REQ_START;
    vcpu->start_pc = 0x80200000;
    vcpu->start_opaque = 0xabc;
    run_exit((struct vm_exit){.cause = CAUSE_INTERRUPT | IRQ_STI});
    assert_events("clear start dispatch mailbox start dispatch mailbox "
                  "reset 0x80200000 0 0xabc dispatch mailbox ");
    assert_int_equal(f.sbi_resets, 2); /* at the start, and at the end */
    assert_int_equal(vcpu->hsm_state, SBI_HSM_STARTED);
}

static void brings_steal_time_up_to_date_before_it_enters(void **state)
{
    vcpu->before_entry = true;
    run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
    assert_events("clear steal sbi steal ");
    vcpu->hsm_state = SBI_HSM_STOPPED;
    run_exit((struct vm_exit){0});
    assert_events("clear wait mailbox "); /* SBI 3.0 §16.1: not while it does not run */
}

static void suspend(uint64_t pending, uint64_t enabled)
{
    vcpu->hsm_state = SBI_HSM_SUSPENDED;
    fake_csr.hip = pending;
    fake_csr.hie = enabled;
    run_exit((struct vm_exit){.cause = CAUSE_INTERRUPT | IRQ_STI});
}

static void sleeps_until_an_enabled_interrupt(void **state)
{
    suspend(IRQ_BIT(IRQ_VSTI), IRQ_BIT(IRQ_VSSI));
    assert_events("clear wait mailbox ");
    assert_int_equal(vcpu->hsm_state, SBI_HSM_SUSPENDED);
    suspend(IRQ_BIT(IRQ_VSTI), IRQ_BIT(IRQ_VSTI));
    assert_events("clear dispatch mailbox ");
    assert_int_equal(vcpu->hsm_state, SBI_HSM_STARTED);
}

static void resumes_anew_after_a_non_retentive_suspend(void **state)
{
    vcpu->resume_pending = true;
    vcpu->resume_pc = 0x80300000;
    vcpu->resume_opaque = 0x55;
    suspend(IRQ_BIT(IRQ_VSSI), IRQ_BIT(IRQ_VSSI));
    assert_events("clear reset 0x80300000 0 0x55 dispatch mailbox ");
    assert_int_equal(f.sbi_resets, 1); /* at the end: what the SBI keeps survives a suspend */
    assert_false(vcpu->resume_pending);
}

/* An interrupt of the host that never ends: the guest has its turn between two of its services. */
static void comes_to_the_guest_between_interrupts(void **state)
{
    f.stays_pending = true;
    fake_csr.sip = fake_csr.sie = IRQ_BIT(IRQ_SEI);
    run_exit((struct vm_exit){.cause = CAUSE_INTERRUPT | IRQ_SEI});
    assert_events("clear dispatch mailbox dispatch mailbox dispatch mailbox ");
    assert_int_equal(f.runs, 2);
}

/* A byte for a console that has no room. */
static void repeats_a_call(void **state)
{
    f.answer = SBI_AGAIN;
    run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
    assert_events("clear sbi ");
    assert_pc(PC);
}

static void waits_after_the_ecall(void **state)
{
    f.answer = SBI_WAIT;
    run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
    assert_events("clear sbi ");
    assert_pc(PC + 4);
}

/* hart_stop: the VM ends only when no hart is left that could start another one. */
static void ends_a_vm_that_no_hart_can_start(void **state)
{
    static const struct {
        enum sbi_hsm_state other;
        const char *events;
    } cases[] = {
        {SBI_HSM_STARTED, "clear sbi clear wait mailbox "},
        {SBI_HSM_START_PENDING, "clear sbi clear wait mailbox "},
        {SBI_HSM_SUSPENDED, "clear sbi clear wait mailbox "},
        {SBI_HSM_STOPPED, "clear sbi clear stop 0 every vCPU has stopped itself wait mailbox "}};
    f.answer = SBI_HALT;
    f.stops = true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vcpu->hsm_state = SBI_HSM_STARTED;
        f.vcpus[1].hsm_state = cases[i].other;
        run_exit((struct vm_exit){.cause = EXC_ECALL_VS});
        assert_events(cases[i].events);
        assert_pc(PC);
    }
}

int run_verdict_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(resumes_after_an_ecall, fixture_setup),
        cmocka_unit_test_setup(retries_after_an_interrupt, fixture_setup),
        cmocka_unit_test_setup(makes_virtual_instructions_illegal, fixture_setup),
        cmocka_unit_test_setup(sleeps_for_a_guest_whose_wfi_exits, fixture_setup),
        cmocka_unit_test_setup(wrs_nto_is_over_at_once, fixture_setup),
        cmocka_unit_test_setup(books_exits_by_cause, fixture_setup),
        cmocka_unit_test_setup(gives_system_calls_back, fixture_setup),
        cmocka_unit_test_setup(stops_the_vm_on_what_has_no_handler, fixture_setup),
        cmocka_unit_test_setup(halts_at_the_ecall_that_stops, fixture_setup),
        cmocka_unit_test_setup(runs_no_stopped_vcpu, fixture_setup),
        cmocka_unit_test_setup(runs_no_paused_vcpu, fixture_setup),
        cmocka_unit_test_setup(serves_the_host_before_an_entry, fixture_setup),
        cmocka_unit_test_setup(halts_before_it_starts, fixture_setup),
        cmocka_unit_test_setup(starts_where_it_is_told_to, fixture_setup),
        cmocka_unit_test_setup(brings_steal_time_up_to_date_before_it_enters, fixture_setup),
        cmocka_unit_test_setup(sleeps_until_an_enabled_interrupt, fixture_setup),
        cmocka_unit_test_setup(resumes_anew_after_a_non_retentive_suspend, fixture_setup),
        cmocka_unit_test_setup(comes_to_the_guest_between_interrupts, fixture_setup),
        cmocka_unit_test_setup(repeats_a_call, fixture_setup),
        cmocka_unit_test_setup(waits_after_the_ecall, fixture_setup),
        cmocka_unit_test_setup(ends_a_vm_that_no_hart_can_start, fixture_setup),
    };
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
