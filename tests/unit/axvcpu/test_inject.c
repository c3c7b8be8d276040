#include "fixture.h"

static struct vcpu *const vcpu = &f.vcpus[0];

static void trap(uint64_t vsstatus, uint64_t sstatus)
{
    fake_csr.vsstatus = vsstatus;
    fake_csr.vstvec = 0xffffffff80002001; /* vectored: exceptions go to BASE all the same */
    vcpu->sstatus = sstatus;
    vcpu->hstatus = HSTATUS_SPV;
    vcpu->sepc = 0x1234;
    vcpu_inject(vcpu, EXC_LOAD_ACCESS, 0xdead);
    assert_int_equal(fake_csr.vscause, EXC_LOAD_ACCESS);
    assert_int_equal(fake_csr.vstval, 0xdead);
    assert_int_equal(fake_csr.vsepc, 0x1234);
    assert_int_equal(vcpu->sepc, 0xffffffff80002000);
    assert_int_equal(vcpu->hstatus, HSTATUS_SPV | HSTATUS_SPVP);
}

/* Every field that a trap does not write is left as it was. */
#define REST (SSTATUS_FS | SSTATUS_SUM | SSTATUS_MXR | FIELD_PUT(SSTATUS_UXL, 2))

static void traps_from_the_guests_kernel(void **state)
{
    trap(REST | SSTATUS_SIE, SSTATUS_SPP | SSTATUS_FS_DIRTY);
    assert_int_equal(fake_csr.vsstatus, REST | SSTATUS_SPIE | SSTATUS_SPP);
    assert_int_equal(vcpu->sstatus, SSTATUS_SPP | SSTATUS_FS_DIRTY);
}

static void traps_from_the_guests_user_mode(void **state)
{
    trap(REST | SSTATUS_SIE | SSTATUS_SPP, 0);
    assert_int_equal(fake_csr.vsstatus, REST | SSTATUS_SPIE);
    assert_int_equal(vcpu->sstatus, SSTATUS_SPP); /* its kernel runs now */
}

static void traps_with_interrupts_off(void **state)
{
    trap(REST | SSTATUS_SPIE, SSTATUS_SPP);
    assert_int_equal(fake_csr.vsstatus, REST | SSTATUS_SPP);
}

static void sets_an_expected_landing_pad_aside(void **state)
{
    trap(REST, SSTATUS_SPP | SSTATUS_SPELP);
    assert_int_equal(fake_csr.vsstatus, REST | SSTATUS_SPP | SSTATUS_SPELP);
    assert_int_equal(vcpu->sstatus, SSTATUS_SPP);
    trap(REST | SSTATUS_SPELP, SSTATUS_SPP);
    assert_int_equal(fake_csr.vsstatus, REST | SSTATUS_SPP);
}

static void counts_what_it_injects(void **state)
{
    trap(REST, SSTATUS_SPP);
    trap(REST, SSTATUS_SPP);
    vcpu_inject(vcpu, EXC_ILLEGAL, 0);
    assert_int_equal(vcpu->injected[EXC_LOAD_ACCESS], 2);
    assert_int_equal(vcpu->injected[EXC_ILLEGAL], 1);
    assert_int_equal(vcpu->injected[EXC_STORE_ACCESS], 0);
}

static void resets_to_what_hart_start_promises(void **state)
{
    for (unsigned i = 0; i < REG_COUNT; i++)
        vcpu->x[i] = 0x5555;
    fake_csr.sstatus = SSTATUS_FS_DIRTY | SSTATUS_SIE | SSTATUS_SPIE;
    fake_csr.vsatp = fake_csr.vsie = fake_csr.vstvec = fake_csr.vsscratch = UINT64_MAX;
    fake_csr.senvcfg = fake_csr.scounteren = fake_csr.vsstatus = UINT64_MAX;
    fake_csr.hvip = IRQ_BIT(IRQ_VSSI);
    vcpu_reset(vcpu, 0x80200000, 1, 0xabc);
    for (unsigned i = 0; i < REG_COUNT; i++)
        assert_int_equal(vcpu->x[i], i == REG_A0 ? 1 : i == REG_A1 ? 0xabc : 0);
    assert_int_equal(vcpu->sepc, 0x80200000);
    assert_int_equal(vcpu->sstatus, SSTATUS_FS_DIRTY | SSTATUS_SPP);
    assert_int_equal(vcpu->hstatus, HSTATUS_SPV | HSTATUS_SPVP | FIELD_PUT(HSTATUS_VSXL, 2));
    assert_int_equal(fake_csr.vsatp, 0);
    assert_int_equal(fake_csr.vsie, 0);
    assert_int_equal(fake_csr.vstvec, 0);
    assert_int_equal(fake_csr.vsscratch, 0);
    assert_int_equal(fake_csr.senvcfg, 0);
    assert_int_equal(fake_csr.scounteren, COUNTEREN_ZICNTR);
    assert_int_equal(fake_csr.vsstatus, FIELD_PUT(SSTATUS_UXL, 2) | SSTATUS_FS_INITIAL);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSSI)); /* what ended a suspend stays pending */
}

static void switches_vectors_on_where_there_are_any(void **state)
{
    f.platform.isa = "rv64imafdcvh_sstc";
    vcpu_reset(vcpu, 0, 0, 0);
    assert_int_equal(fake_csr.vsstatus & SSTATUS_VS, SSTATUS_VS_INITIAL);
}

static void clears_all_interrupts_but_a_line_that_is_up(void **state)
{
    fake_csr.hvip = VS_IRQS;
    fake_csr.vsie = UINT64_MAX;
    vcpu_clear_interrupts(vcpu);
    assert_int_equal(fake_csr.hvip, 0);
    assert_int_equal(fake_csr.vsie, 0); /* a stopped hart sleeps */
    fake_csr.hvip = VS_IRQS;
    vcpu->external_level = true;
    vcpu_clear_interrupts(vcpu);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSEI));
}

static void clears_an_ipi_wherever_it_is(void **state)
{
    fake_csr.hvip = VS_IRQS;
    vcpu->requests = VCPU_REQ_IPI | VCPU_REQ_PAUSE; /* on its way */
    vcpu_clear_ipi(vcpu);
    assert_int_equal(fake_csr.hvip, VS_IRQS & ~IRQ_BIT(IRQ_VSSI));
    assert_int_equal(vcpu->requests, VCPU_REQ_PAUSE);
}

static void sees_only_enabled_interrupts_of_the_guest(void **state)
{
    fake_csr.hip = IRQ_BIT(IRQ_VSTI) | IRQ_BIT(IRQ_SGEI);
    fake_csr.hie = IRQ_BIT(IRQ_VSSI) | IRQ_BIT(IRQ_SGEI);
    assert_false(vcpu_interrupt_pending(vcpu));
    fake_csr.hie |= IRQ_BIT(IRQ_VSTI);
    assert_true(vcpu_interrupt_pending(vcpu));
}

int run_inject_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(traps_from_the_guests_kernel, fixture_setup),
        cmocka_unit_test_setup(traps_from_the_guests_user_mode, fixture_setup),
        cmocka_unit_test_setup(traps_with_interrupts_off, fixture_setup),
        cmocka_unit_test_setup(sets_an_expected_landing_pad_aside, fixture_setup),
        cmocka_unit_test_setup(counts_what_it_injects, fixture_setup),
        cmocka_unit_test_setup(resets_to_what_hart_start_promises, fixture_setup),
        cmocka_unit_test_setup(switches_vectors_on_where_there_are_any, fixture_setup),
        cmocka_unit_test_setup(clears_all_interrupts_but_a_line_that_is_up, fixture_setup),
        cmocka_unit_test_setup(clears_an_ipi_wherever_it_is, fixture_setup),
        cmocka_unit_test_setup(sees_only_enabled_interrupts_of_the_guest, fixture_setup),
    };
    return cmocka_run_group_tests_name("inject", tests, NULL, NULL);
}
