#include "fixture.h"

static struct vcpu *const vcpu = &f.vcpus[0];

/* It comes to a hart that has none. */
static void attach(void)
{
    f.harts[0].vcpu = NULL;
    vcpu_attach(vcpu);
}

static void fails_beside_another_vcpu(void **state)
{
    f.harts[0].vcpu = &f.vcpus[1];
    expect_assert_failure(vcpu_attach(vcpu));
    expect_assert_failure(vcpu_detach(vcpu));
    expect_assert_failure(vcpu_has_gstage(8));
}

static void fails_on_another_hart(void **state)
{
    fake_hart = &f.harts[1];
    expect_assert_failure(vcpu_take_requests(vcpu, VCPU_REQ_ALL));
    expect_assert_failure(vcpu_inject(vcpu, EXC_ILLEGAL, 0));
    expect_assert_failure(vcpu_set_timer(vcpu, 5));
}

/* A guest's hart that runs can't be started, and one that is stopped does not sleep. */
static void fails_on_a_state_that_can_not_follow(void **state)
{
    atomic_store(&vcpu->hsm_state, SBI_HSM_STOPPED);
    expect_assert_failure(vcpu_set_state(vcpu, SBI_HSM_SUSPENDED));
    expect_assert_failure(vcpu_set_state(vcpu, SBI_HSM_STARTED));
}

static void makes_the_hart_ready(void **state)
{
    f.harts[0].vcpu = NULL;
    vcpu->exits = 9;
    vcpu->guest_deadline = vcpu->device_deadline = 5;
    fake_csr.htimedelta = fake_csr.hgeie = UINT64_MAX;
    attach();
    assert_ptr_equal(f.harts[0].vcpu, vcpu);
    assert_int_equal(fake_csr.hideleg, VS_IRQS);
    assert_int_equal(fake_csr.hedeleg, 0x4b1ff); /* 0 to 8, 12, 13, 15, 18: its own */
    assert_int_equal(fake_csr.hcounteren, COUNTEREN_ZICNTR);
    assert_int_equal(vcpu->last_asid, 0xffff); /* every bit of the fake vsatp sticks */
    assert_int_equal(fake_csr.vsatp, 0);
    assert_int_equal(fake_csr.htimedelta, 0);
    assert_int_equal(fake_csr.hgeie, 0);
    assert_int_equal(fake_csr.hgatp, 0x8000100000080000);
    assert_int_equal(fake_csr.hstateen0, 0); /* the hart has no Smstateen */
    assert_int_equal(fake_cpu.hfences_gvma, 1);
    assert_int_equal(fake_cpu.hfences_vvma, 1);
    assert_int_equal(fake_cpu.fences_i, 1);
    assert_false(vcpu->without_sstc);
    assert_int_equal(vcpu->exits, 0);
    assert_int_equal(vcpu->guest_deadline, UINT64_MAX);
    assert_int_equal(vcpu->device_deadline, UINT64_MAX);
}

/* Until its userspace is up: then they no longer exit. */
static void sees_the_first_system_call(void **state)
{
    vcpu->awaits_user = true;
    attach();
    assert_int_equal(fake_csr.hedeleg, 0x4b0ff); /* all but 8 */
    vcpu->requests = VCPU_REQ_USER;
    vcpu_take_requests(vcpu, VCPU_REQ_ALL);
    assert_int_equal(fake_csr.hedeleg, 0x4b1ff);
}

static void gives_all_counters_with_zihpm(void **state)
{
    f.platform.isa = "rv64imafdch_zicntr_zihpm";
    attach();
    assert_int_equal(fake_csr.hcounteren, UINT32_MAX);
}

static void lets_senvcfg_through_with_smstateen(void **state)
{
    f.platform.isa = "rv64imafdch_smstateen";
    attach();
    assert_int_equal(fake_csr.hstateen0, UINT64_C(1) << 62);
}

static void opens_the_aia_to_a_guest_that_has_it(void **state)
{
    f.platform.isa = "rv64imafdch_smstateen_ssaia";
    vcpu->has_aia = true;
    attach();
    assert_int_equal(fake_csr.hstateen0, UINT64_C(0x17) << 58); /* ENVCFG, CSRIND, AIA, IMSIC */
}

/* A file is selected as long as the vCPU is on its hart; what was in the CSRs is gone. */
static void selects_its_guest_file(void **state)
{
    f.platform.isa = "rv64imafdch_ssaia";
    fake_csr.hvien = fake_csr.hvictl = fake_csr.hviprio1 = fake_csr.hviprio2 = UINT64_MAX;
    fake_csr.vsireg = UINT64_MAX;
    vcpu->has_aia = true;
    vcpu->guest_file = 3;
    vcpu->identities = 255;
    attach();
    assert_int_equal(FIELD_GET(HSTATUS_VGEIN, fake_csr.hstatus), 3);
    assert_int_equal(fake_csr.hvien | fake_csr.hvictl | fake_csr.hviprio1 | fake_csr.hviprio2, 0);
    assert_int_equal(fake_csr.vsiselect, 0);
    assert_int_equal(fake_csr.vsireg, 0); /* the file was cleared */
    fake_csr.vsiselect = 0x70;
    vcpu_reset(vcpu, 0x80200000, 0, 0);
    assert_int_equal(FIELD_GET(HSTATUS_VGEIN, vcpu->hstatus), 3);
    assert_int_equal(fake_csr.vsiselect, 0);
    vcpu_detach(vcpu);
    assert_int_equal(FIELD_GET(HSTATUS_VGEIN, fake_csr.hstatus), 0);
}

static void touches_no_aia_that_is_not_there(void **state)
{
    fake_csr.vsiselect = fake_csr.hvictl = 5; /* on the machine they would trap */
    attach();
    vcpu_reset(vcpu, 0x80200000, 0, 0);
    vcpu_set_external(vcpu, true);
    assert_int_equal(fake_csr.vsiselect, 5);
    assert_int_equal(fake_csr.hvictl, 5);
}

/* With a software file: hvictl says to stopi what VSEIP says to hip. */
static void tells_stopi_of_an_external_interrupt(void **state)
{
    f.platform.isa = "rv64imafdch_ssaia";
    vcpu->has_aia = true;
    attach();
    vcpu_set_external(vcpu, true);
    assert_int_equal(fake_csr.hvictl, 9 << 16 | 1);
    vcpu_set_external(vcpu, false);
    assert_int_equal(fake_csr.hvictl, 9 << 16);
    assert_int_equal(fake_csr.hvip, 0);
}

static void gives_only_what_the_isa_has(void **state)
{
    f.platform.isa = "rv64imafdch";
    assert_int_equal(vcpu_environment() & (HENVCFG_STCE | HENVCFG_ADUE), 0);
    f.platform.isa = "rv64imafdch_sstc_svadu";
    assert_int_equal(vcpu_environment() & (HENVCFG_STCE | HENVCFG_ADUE),
                     HENVCFG_STCE | HENVCFG_ADUE);
    f.platform.isa = "rv64imafdch";
    attach();
    assert_true(vcpu->without_sstc);
}

/* A tree with svade too says that the guest asks for it: by SBI FWFT, as for the others. */
static void starts_with_what_is_not_switched(void **state)
{
    const uint64_t switched = HENVCFG_LPE | HENVCFG_SSE | HENVCFG_PMM;
    f.platform.isa = "rv64imafdch_sstc_svadu_zicfilp_zicfiss_ssnpm";
    attach();
    assert_int_equal(vcpu->environment & (switched | HENVCFG_ADUE), switched | HENVCFG_ADUE);
    assert_int_equal(fake_csr.henvcfg, vcpu->environment & ~switched);
    f.platform.isa = "rv64imafdch_sstc_svade_svadu_zicfilp_zicfiss_ssnpm";
    attach();
    assert_int_equal(fake_csr.henvcfg, vcpu->environment & ~(switched | HENVCFG_ADUE));
}

static void a_guest_in_between_keeps_what_it_switched(void **state)
{
    f.platform.isa = "rv64imafdch_sstc_svadu";
    attach();
    assert_true(vcpu_set_environment(vcpu, HENVCFG_ADUE, 0));
    uint64_t its = fake_csr.henvcfg;
    vcpu_environment(); /* another VM is loaded here */
    assert_int_equal(fake_csr.henvcfg, its);
}

static void gives_no_landing_pads_over_firmware_that_keeps_their_faults(void **state)
{
    f.old_firmware = true;
    f.platform.isa = "rv64imafdch_zicfilp_zicfiss_ssnpm";
    assert_int_equal(vcpu_environment() & (HENVCFG_LPE | HENVCFG_SSE | HENVCFG_PMM), HENVCFG_PMM);
}

/* Firmware that knows no such choice emulates what the hart does not do. */
static void leaves_misaligned_accesses_to_the_firmware(void **state)
{
    f.delegated = 1;
    attach();
    assert_int_equal(f.delegated, 0);
    assert_int_equal(fake_csr.hedeleg >> EXC_LOAD_MISALIGNED & 5, 5); /* what comes, goes on */
    assert_true(vcpu_delegate_misaligned(true));
    assert_int_equal(f.delegated, 1);
    f.firmware_refuses = true;
    assert_false(vcpu_delegate_misaligned(false));
    f.old_firmware = true;
    assert_true(vcpu_delegate_misaligned(false));
}

static void switches_what_is_granted(void **state)
{
    f.platform.isa = "rv64imafdch_svade_svadu";
    attach();
    fake_cpu.hfences_gvma = fake_cpu.hfences_vvma = 0;
    uint64_t at_start = fake_csr.henvcfg;
    assert_true(vcpu_set_environment(vcpu, HENVCFG_ADUE, HENVCFG_ADUE));
    assert_int_equal(fake_csr.henvcfg, at_start | HENVCFG_ADUE);
    assert_int_equal(fake_cpu.hfences_gvma, 1);
    assert_int_equal(fake_cpu.hfences_vvma, 1);
    assert_int_equal(vcpu_get_environment(vcpu), at_start | HENVCFG_ADUE);
    assert_false(vcpu_set_environment(vcpu, HENVCFG_LPE, HENVCFG_LPE));
    assert_int_equal(fake_csr.henvcfg, at_start | HENVCFG_ADUE);
    vcpu_reset_environment(vcpu);
    assert_int_equal(fake_csr.henvcfg, at_start);
}

static void leaves_the_hart_quiet(void **state)
{
    attach();
    fake_csr.vsie = fake_csr.hvip = VS_IRQS;
    f.timer_enabled = true;
    vcpu_detach(vcpu);
    assert_null(f.harts[0].vcpu);
    assert_int_equal(fake_csr.vsie, 0);
    assert_int_equal(fake_csr.hvip, 0);
    assert_int_equal(fake_csr.hgatp, 0);
    assert_false(f.timer_enabled);
}

static void leaves_no_mode_behind_when_it_probes(void **state)
{
    f.harts[0].vcpu = NULL;
    assert_true(vcpu_has_gstage(8));
    assert_int_equal(fake_csr.hgatp, 0);
}

int run_setup_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fails_beside_another_vcpu, fixture_setup),
        cmocka_unit_test_setup(fails_on_another_hart, fixture_setup),
        cmocka_unit_test_setup(fails_on_a_state_that_can_not_follow, fixture_setup),
        cmocka_unit_test_setup(makes_the_hart_ready, fixture_setup),
        cmocka_unit_test_setup(sees_the_first_system_call, fixture_setup),
        cmocka_unit_test_setup(gives_all_counters_with_zihpm, fixture_setup),
        cmocka_unit_test_setup(lets_senvcfg_through_with_smstateen, fixture_setup),
        cmocka_unit_test_setup(opens_the_aia_to_a_guest_that_has_it, fixture_setup),
        cmocka_unit_test_setup(selects_its_guest_file, fixture_setup),
        cmocka_unit_test_setup(touches_no_aia_that_is_not_there, fixture_setup),
        cmocka_unit_test_setup(tells_stopi_of_an_external_interrupt, fixture_setup),
        cmocka_unit_test_setup(gives_only_what_the_isa_has, fixture_setup),
        cmocka_unit_test_setup(starts_with_what_is_not_switched, fixture_setup),
        cmocka_unit_test_setup(a_guest_in_between_keeps_what_it_switched, fixture_setup),
        cmocka_unit_test_setup(gives_no_landing_pads_over_firmware_that_keeps_their_faults,
                               fixture_setup),
        cmocka_unit_test_setup(leaves_misaligned_accesses_to_the_firmware, fixture_setup),
        cmocka_unit_test_setup(switches_what_is_granted, fixture_setup),
        cmocka_unit_test_setup(leaves_the_hart_quiet, fixture_setup),
        cmocka_unit_test_setup(leaves_no_mode_behind_when_it_probes, fixture_setup),
    };
    return cmocka_run_group_tests_name("setup", tests, NULL, NULL);
}
