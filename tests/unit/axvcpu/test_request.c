#include "fixture.h"

static struct vcpu *const self = &f.vcpus[0], *const other = &f.vcpus[1];

static void kicks_only_one_that_is_away(void **state)
{
    vcpu_post(other, VCPU_REQ_IPI);
    assert_int_equal(f.kicks, 0);
    other->away = true;
    vcpu_post(other, VCPU_REQ_FENCE_I);
    assert_int_equal(f.kicks, 1);
    assert_int_equal(other->requests, VCPU_REQ_IPI | VCPU_REQ_FENCE_I);
    self->away = true; /* in an interrupt's handler while it waits */
    vcpu_post(self, VCPU_REQ_IPI);
    assert_int_equal(f.kicks, 1);
}

static void takes_each_request_once(void **state)
{
    self->requests = VCPU_REQ_IPI | VCPU_REQ_HALT | VCPU_REQ_START;
    assert_int_equal(vcpu_take_requests(self, VCPU_REQ_ALL),
                     VCPU_REQ_IPI | VCPU_REQ_HALT | VCPU_REQ_START);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSSI));
    fake_csr.hvip = 0;
    assert_int_equal(vcpu_take_requests(self, VCPU_REQ_ALL), 0);
    assert_int_equal(fake_csr.hvip, 0);
}

/* An exit that is served in place takes some; the loop would wait for the others for ever. */
static void leaves_what_it_does_not_take(void **state)
{
    self->requests = VCPU_REQ_IPI | VCPU_REQ_HALT | VCPU_REQ_PAUSE;
    self->pause_wanted = true;
    assert_int_equal(vcpu_take_requests(self, VCPU_REQ_IPI | VCPU_REQ_FENCE_I), VCPU_REQ_IPI);
    assert_int_equal(self->requests, VCPU_REQ_HALT | VCPU_REQ_PAUSE);
    assert_false(self->paused);
    assert_int_equal(vcpu_take_requests(self, VCPU_REQ_FENCE_I), 0);
    assert_int_equal(vcpu_take_requests(self, VCPU_REQ_ALL), VCPU_REQ_HALT | VCPU_REQ_PAUSE);
}

static void counts_what_it_receives(void **state)
{
    self->requests = VCPU_REQ_IPI | VCPU_REQ_FENCE_VVMA;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    self->requests = VCPU_REQ_IPI | VCPU_REQ_FENCE_I;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(self->events[SBI_PMU_FW_IPI_RECEIVED], 2);
    assert_int_equal(self->events[SBI_PMU_FW_SFENCE_VMA_RECEIVED], 1);
    assert_int_equal(self->events[SBI_PMU_FW_FENCE_I_RECEIVED], 1);
}

static void follows_the_external_line(void **state)
{
    self->external_level = true;
    self->requests = VCPU_REQ_EXTERNAL;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSEI));
    self->external_level = false;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSEI)); /* not asked for so far */
    self->requests = VCPU_REQ_EXTERNAL;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(fake_csr.hvip, 0);
}

/* What is pending for the guest must not wake the hart while the guest may not run. */
static void masks_a_paused_guests_interrupts(void **state)
{
    fake_csr.vsie = VS_IRQS;
    vcpu_pause(self, true);
    assert_false(self->paused);
    assert_int_equal(vcpu_take_requests(self, VCPU_REQ_ALL), VCPU_REQ_PAUSE);
    assert_true(self->paused);
    assert_int_equal(fake_csr.vsie, 0);
    vcpu_pause(self, true); /* twice is once */
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(fake_csr.vsie, 0);
    vcpu_pause(self, false);
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_false(self->paused);
    assert_int_equal(fake_csr.vsie, VS_IRQS);
    fake_csr.vsie = IRQ_BIT(IRQ_VSTI);
    vcpu_pause(self, true);
    vcpu_pause(self, false); /* taken back before it was looked at */
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_false(self->paused);
    assert_int_equal(fake_csr.vsie, IRQ_BIT(IRQ_VSTI));
}

/* In S-mode, in a trap from S-mode, interrupts masked: all three. */
static void looks_where_the_guest_is(void **state)
{
    fake_csr.vsepc = 0x80200004;
    fake_csr.vscause = EXC_ILLEGAL;
    fake_csr.vstvec = 0x80200000;
    fake_csr.vsstatus = SSTATUS_SPP;
    self->sepc = 0x80200000;
    self->sstatus = SSTATUS_SPP;
    vcpu_post(self, VCPU_REQ_LOOK);
    assert_false(self->looked);
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_true(self->looked);
    assert_int_equal(self->look.pc, 0x80200000);
    assert_int_equal(self->look.trap_pc, 0x80200004);
    assert_int_equal(self->look.cause, EXC_ILLEGAL);
    assert_int_equal(self->look.vector, 0x80200000);
    assert_true(self->look.in_trap);
    self->sepc = 0;
    self->requests = VCPU_REQ_LOOK;
    vcpu_take_requests(self, VCPU_REQ_ALL); /* the last one was not read yet */
    assert_int_equal(self->look.pc, 0x80200000);
    const uint64_t others[][2] = {
        {0, SSTATUS_SPP}, {SSTATUS_SPP, 0}, {SSTATUS_SPP, SSTATUS_SPP | SSTATUS_SIE}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        self->looked = false;
        self->sstatus = others[i][0];
        fake_csr.vsstatus = others[i][1];
        self->requests = VCPU_REQ_LOOK;
        vcpu_take_requests(self, VCPU_REQ_ALL);
        assert_true(self->looked);
        assert_false(self->look.in_trap);
    }
}

static void fences_as_asked(void **state)
{
    self->requests = VCPU_REQ_FENCE_I;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(fake_cpu.fences_i, 1);
    assert_int_equal(fake_cpu.hfences_vvma, 0);
    self->requests = VCPU_REQ_FENCE_VVMA | VCPU_REQ_FENCE_I;
    vcpu_take_requests(self, VCPU_REQ_ALL);
    assert_int_equal(fake_cpu.fences_i, 2);
    assert_int_equal(fake_cpu.hfences_vvma, 1);
}

static void starts_only_one_that_is_stopped(void **state)
{
    for (uint32_t s = SBI_HSM_STARTED; s <= SBI_HSM_RESUME_PENDING; s++) {
        other->hsm_state = s;
        other->requests = 0;
        other->start_pc = 1;
        enum err err = vcpu_start(other, gpa(0x80200000), 7);
        if (s == SBI_HSM_STOPPED) {
            assert_int_equal(err, OK);
            assert_int_equal(other->hsm_state, SBI_HSM_START_PENDING);
            assert_int_equal(other->requests, VCPU_REQ_START);
            assert_int_equal(other->start_pc, 0x80200000);
            assert_int_equal(other->start_opaque, 7);
        } else {
            assert_int_equal(err, ERR_EXISTS);
            assert_int_equal(other->hsm_state, s);
            assert_int_equal(other->requests, 0);
            assert_int_equal(other->start_pc, 1);
        }
    }
}

static void does_not_enter_before_a_request(void **state)
{
    struct vm_exit exit;
    self->requests = VCPU_REQ_IPI;
    assert_false(vcpu_run(self, &exit));
    assert_int_equal(f.entries, 0);
    assert_false(self->away);
    vcpu_wait(self);
    assert_int_equal(f.waits, 0);
    assert_false(self->away);
}

static void enters_and_reads_the_exit(void **state)
{
    struct vm_exit exit;
    fake_csr.scause = EXC_LOAD_GUEST_PAGE;
    fake_csr.stval = 0xffffffc000000007;
    fake_csr.htval = 0x10000000 >> 2;
    fake_csr.htinst = 0x2003;
    self->sepc = 0x80200002;
    self->sstatus = SSTATUS_SPP;
    self->hstatus = HSTATUS_SPV | HSTATUS_GVA;
    assert_true(vcpu_run(self, &exit));
    assert_int_equal(f.entries, 1);
    assert_false(self->away);
    assert_int_equal(fake_csr.sepc, 0x80200002);
    assert_int_equal(fake_csr.sstatus, SSTATUS_SPP);
    assert_int_equal(fake_csr.hstatus, HSTATUS_SPV | HSTATUS_GVA);
    assert_int_equal(exit.cause, EXC_LOAD_GUEST_PAGE);
    assert_int_equal(exit.tval, 0xffffffc000000007);
    assert_int_equal(exit.address.a, 0x10000003);
    assert_int_equal(exit.instruction, 0x2003);
}

static void waits_while_nothing_is_asked(void **state)
{
    vcpu_wait(self);
    assert_int_equal(f.waits, 1);
    assert_false(self->away);
}

static void fetches_with_the_guests_privilege(void **state)
{
    uint16_t parcel = 0;
    self->hstatus = HSTATUS_SPV | HSTATUS_SPVP;
    assert_true(vcpu_fetch16(self, gva(0x1000), &parcel));
    assert_int_equal(parcel, 0x1234);
    assert_int_equal(fake_csr.hstatus, HSTATUS_SPV | HSTATUS_SPVP);
    assert_false(vcpu_fetch16(self, gva(0x2000), &parcel));
    uint64_t value;
    self->hstatus = HSTATUS_SPV;
    assert_true(vcpu_load64(self, gva(0x1000), &value));
    assert_int_equal(value, 0x1122334455667788);
    assert_int_equal(fake_csr.hstatus, HSTATUS_SPV);
    assert_false(vcpu_load64(self, gva(0x2000), &value));
}

/* The other hart, 30 ticks late. */
static void other_answers(void)
{
    if (++fake_csr.time == 30)
        atomic_store(&other->requests, 0);
}

static void other_comes_out(void)
{
    if (++fake_csr.time == 40)
        other->away = false;
}

static void waits_for_the_fence_of_one_that_is_away(void **state)
{
    other->away = true;
    fake_cpu.relax = other_answers;
    assert_int_equal(vcpu_fence_remote(self, f.vcpus, 3, VCPU_REQ_FENCE_VVMA), OK);
    assert_int_equal(f.kicks, 1);
    assert_int_equal(fake_csr.time, 30);
    fake_cpu.relax = other_comes_out;
    assert_int_equal(vcpu_fence_remote(self, f.vcpus, 2, VCPU_REQ_FENCE_I), OK);
    assert_int_equal(fake_csr.time, 40);
    assert_int_equal(other->requests, VCPU_REQ_FENCE_I); /* taken before it enters again */
    assert_int_equal(self->requests, 0);
    assert_int_equal(fake_cpu.fences_i + fake_cpu.hfences_vvma, 0); /* not its own to do here */
}

static void does_not_wait_for_one_in_the_host(void **state)
{
    assert_int_equal(vcpu_fence_remote(self, f.vcpus, 2, VCPU_REQ_FENCE_VVMA), OK);
    assert_int_equal(fake_csr.time, 0);
    assert_int_equal(other->requests, VCPU_REQ_FENCE_VVMA);
}

static void names_the_hart_that_takes_no_fence(void **state)
{
    other->away = true;
    assert_int_equal(vcpu_fence_remote(self, f.vcpus, 2, VCPU_REQ_FENCE_VVMA), ERR_TIMEOUT);
    assert_int_equal(fake_csr.time, 5 * SECOND);
    assert_string_equal(f.log, "VM test: vCPU 1 on hart 5 did not take a remote fence within "
                               "5000 ms; the guest's call fails");
    assert_int_equal(other->requests, VCPU_REQ_FENCE_VVMA); /* taken whenever it comes out */
}

int run_request_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(kicks_only_one_that_is_away, fixture_setup),
        cmocka_unit_test_setup(takes_each_request_once, fixture_setup),
        cmocka_unit_test_setup(leaves_what_it_does_not_take, fixture_setup),
        cmocka_unit_test_setup(counts_what_it_receives, fixture_setup),
        cmocka_unit_test_setup(follows_the_external_line, fixture_setup),
        cmocka_unit_test_setup(masks_a_paused_guests_interrupts, fixture_setup),
        cmocka_unit_test_setup(looks_where_the_guest_is, fixture_setup),
        cmocka_unit_test_setup(fences_as_asked, fixture_setup),
        cmocka_unit_test_setup(starts_only_one_that_is_stopped, fixture_setup),
        cmocka_unit_test_setup(does_not_enter_before_a_request, fixture_setup),
        cmocka_unit_test_setup(enters_and_reads_the_exit, fixture_setup),
        cmocka_unit_test_setup(waits_while_nothing_is_asked, fixture_setup),
        cmocka_unit_test_setup(fetches_with_the_guests_privilege, fixture_setup),
        cmocka_unit_test_setup(waits_for_the_fence_of_one_that_is_away, fixture_setup),
        cmocka_unit_test_setup(does_not_wait_for_one_in_the_host, fixture_setup),
        cmocka_unit_test_setup(names_the_hart_that_takes_no_fence, fixture_setup),
    };
    return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
