/* Exits that are served with the callee-saved registers in place. */
#include "fixture.h"
#include <axtrace/ledger_book.h>

#define EXIT_PC UINT64_C(0x80201000)
#define LW_A5 UINT64_C(0x00002783)   /* htinst of lw a5, (…) */
#define LD_A5 UINT64_C(0x00003783)   /* of ld a5, (…) */
#define LW_S0 UINT64_C(0x00002403)   /* of lw s0, (…) */
#define SW_A5 UINT64_C(0x00f02023)   /* of sw a5, (…) */
#define C_LW_A5 UINT64_C(0x00002781) /* of c.lw a5, (…) */

static struct vcpu *const vcpu = &f.vcpus[0];

static int setup(void **state)
{
    fixture_setup(state);
    fake_csr.sepc = EXIT_PC;
    vcpu->exit_time = fake_csr.time;
    return 0;
}

static enum exit_left take_call(uint64_t extension)
{
    vcpu->x[REG_A7] = extension;
    vcpu->x[REG_A6] = 2;
    return exit_in_place(vcpu, EXC_ECALL_VS, EXIT_OPEN);
}

static enum exit_left access_device(uint64_t cause, uint64_t at, uint64_t htinst)
{
    fake_csr.htval = at >> 2;
    fake_csr.stval = at & 3;
    fake_csr.htinst = htinst;
    fake_csr.scause = cause;
    return exit_in_place(vcpu, cause, EXIT_OPEN);
}

static void serves_a_call(void **state)
{
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_DONE);
    assert_events("exit sbi entry ");
    assert_int_equal(fake_csr.sepc, EXIT_PC + 4);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_SBI_DBCN_BYTE), 1);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_GUEST), 1);
    assert_int_equal(vcpu->ledger->column, LEDGER_GUEST);
    assert_int_equal(vcpu->ledger->exit.pc, EXIT_PC);
}

static void repeats_a_call(void **state)
{
    f.answer = SBI_AGAIN;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_DONE);
    assert_events("exit sbi entry ");
    assert_int_equal(fake_csr.sepc, EXIT_PC);
}

/* What is usual about it: it is booked, and nothing is noted. */
static void serves_a_call_shortly(void **state)
{
    f.shortly = true;
    (void)take_call(SBI_EXT_DBCN); /* the first piece of a column is its longest */
    assert_events("exit short entry ");
    assert_int_equal(vcpu->ledger->exit.pc, EXIT_PC);
    assert_int_equal(vcpu->ledger->exit.args[0], SBI_EXT_DBCN);
    vcpu->ledger->exit.pc = 0;
    vcpu->unusual = 0;
    fake_csr.vstimecmp = UINT64_MAX;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_DONE);
    assert_events("short ");
    assert_int_equal(fake_csr.sepc, EXIT_PC + 8);
    assert_int_equal(vcpu->ledger->exit.pc, 0);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_SBI_DBCN_BYTE), 2);
}

/* What is posted meanwhile is not forgotten, and what made a timer late is known. */
static void ends_a_short_call_that_was_unusual(void **state)
{
    f.shortly = true;
    f.posts = VCPU_REQ_HALT;
    vcpu->ledger->hart_wait = 7;
    vcpu->ledger->lock_wait = 5;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_LOOP);
    assert_int_equal(vcpu->late.hart_wait, 7);
    assert_int_equal(vcpu->late.lock_wait, 5);
    assert_int_equal(fake_csr.sepc, EXIT_PC + 4);
}

static void leaves_calls_that_may_not_come_back(void **state)
{
    assert_int_equal(take_call(SBI_EXT_HSM), EXIT_OPEN);
    assert_events("");
    assert_int_equal(fake_csr.sepc, EXIT_PC);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_GUEST), 1);
}

static void takes_simple_requests(void **state)
{
    f.posts = VCPU_REQ_IPI | VCPU_REQ_FENCE_VVMA;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_DONE);
    assert_int_equal(vcpu->requests, 0);
}

static void leaves_other_requests_to_the_loop(void **state)
{
    static const uint32_t requests[] = {VCPU_REQ_HALT, VCPU_REQ_PAUSE, VCPU_REQ_START,
                                        VCPU_REQ_HALT | VCPU_REQ_IPI};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        setup(state);
        f.posts = requests[i];
        assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_LOOP);
        assert_int_equal(vcpu->requests, requests[i]);
        assert_int_equal(fake_csr.sepc, EXIT_PC + 4); /* it is served all the same */
        assert_int_equal(vcpu->ledger->column, LEDGER_SBI_DBCN_BYTE);
    }
}

/* The VM is ended between the look and the taking: the kick brings the vCPU out again, and then the
 * request has to be there. */
static void does_not_lose_a_request_that_comes_meanwhile(void **state)
{
    f.posts = VCPU_REQ_IPI;
    f.posts_late = VCPU_REQ_HALT;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_DONE);
    assert_int_equal(vcpu->requests, VCPU_REQ_HALT);
}

static void leaves_all_while_somebody_looks(void **state)
{
    ledger_arm(vcpu->ledger, LEDGER_ARMED_TRACE, true);
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_OPEN);
    setup(state);
    vcpu->before_entry = true;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_OPEN);
    setup(state);
    vcpu->flush_at_entry = true;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_OPEN);
    assert_events("");
}

static void books_what_the_fast_path_served(void **state)
{
    ledger_name(vcpu->ledger, LEDGER_SBI_TIME);
    assert_int_equal(exit_in_place(vcpu, EXC_ECALL_VS, EXIT_BOOK), EXIT_DONE);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_SBI_TIME), 1);
    assert_int_equal(vcpu->ledger->column, LEDGER_GUEST);
    assert_int_equal(vcpu->ledger->exit.pc, EXIT_PC - 4); /* the pc is after the ecall already */
    assert_events("");
}

static void accounts_for_a_timer_first(void **state)
{
    vcpu->delivered.deadline = 7;
    assert_int_equal(take_call(SBI_EXT_DBCN), EXIT_DONE);
    assert_events("delivered exit sbi entry ");
}

static void loads_from_a_device(void **state)
{
    f.stored = 0x80000001;
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE + 4, LW_A5), EXIT_DONE);
    assert_events("exit read 4 4 entry ");
    assert_int_equal(vcpu->x[REG_A5], 0xffffffff80000001);
    assert_int_equal(fake_csr.sepc, EXIT_PC + 4);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_MMIO_RTC), 1);
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE + 4, C_LW_A5), EXIT_DONE);
    assert_int_equal(fake_csr.sepc, EXIT_PC + 6);
}

static void stores_to_a_device(void **state)
{
    vcpu->x[REG_A5] = 0x1234567890;
    assert_int_equal(access_device(EXC_STORE_GUEST_PAGE, DEVICE, SW_A5), EXIT_DONE);
    assert_events("exit write 0 4 0x34567890 entry ");
    assert_int_equal(fake_csr.sepc, EXIT_PC + 4);
}

static void repeats_a_store_without_room(void **state)
{
    f.device_answer = ERR_AGAIN;
    assert_int_equal(access_device(EXC_STORE_GUEST_PAGE, DEVICE + 4, SW_A5), EXIT_DONE);
    assert_events("exit write 4 4 0 entry ");
    assert_int_equal(fake_csr.sepc, EXIT_PC);
}

static void leaves_accesses_that_need_more(void **state)
{
    static const uint64_t htinst[] = {0, LW_S0, 0x3000};
    for (size_t i = 0; i < sizeof htinst / sizeof htinst[0]; i++)
        assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, htinst[i]), EXIT_OPEN);
    assert_events("");
    assert_int_equal(fake_csr.sepc, EXIT_PC);
}

static void refuses_accesses_to_nothing(void **state)
{
    fake_csr.sstatus = SSTATUS_SPP;
    fake_csr.hstatus = HSTATUS_SPV;
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE - 4, LW_A5), EXIT_DONE);
    assert_events("exit inject 5 0 entry ");
    assert_int_equal(access_device(EXC_STORE_GUEST_PAGE, DEVICE - 4, SW_A5), EXIT_DONE);
    assert_events("exit inject 7 0 entry ");
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE + 8, LW_A5), EXIT_DONE);
    assert_events("exit inject 5 0 entry "); /* the device has no such register */
    assert_int_equal(fake_csr.hstatus, HSTATUS_SPV);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_INJECT), 3);
}

static void serves_a_host_interrupt(void **state)
{
    fake_csr.sip = fake_csr.sie = IRQ_BIT(IRQ_SSI);
    assert_int_equal(exit_in_place(vcpu, CAUSE_INTERRUPT | IRQ_SSI, EXIT_OPEN), EXIT_DONE);
    assert_events("exit dispatch mailbox entry ");
    assert_int_equal(fake_csr.sepc, EXIT_PC);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_HOST_INTERRUPT), 1);
}

static void refuses_instructions_that_the_guest_does_not_have(void **state)
{
    fake_csr.stval = 0x6a0025f3; /* csrr a1, hgatp */
    assert_int_equal(exit_trap(vcpu, EXC_VIRTUAL_INSTRUCTION, fake_csr.time), EXIT_DONE);
    assert_events("exit inject 2 0x6a0025f3 entry ");
    assert_int_equal(vcpu->exits, 1);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_INJECT), 1);
}

/* The misaligned one and that of 8 bytes are two for the device. */
static void divides_accesses_as_the_slow_path_does(void **state)
{
    f.stored = 0x11;
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE + 2, LW_A5), EXIT_DONE);
    assert_events("exit read 2 2 read 4 2 entry ");
    assert_int_equal(vcpu->x[REG_A5], 0x110011);
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LD_A5), EXIT_DONE);
    assert_events("exit read 0 8 entry ");
}

/* The second access is for the device of the first; one beyond its end is for none. */
static void finds_the_same_device_again(void **state)
{
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LW_A5), EXIT_DONE);
    assert_ptr_equal(vcpu->last_device, &f.device);
    assert_int_equal(access_device(EXC_STORE_GUEST_PAGE, DEVICE + 4, SW_A5), EXIT_DONE);
    assert_events("exit read 0 4 entry exit write 4 4 0 entry ");
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE + 0x100, LW_A5), EXIT_DONE);
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE + 0x104, LW_A5), EXIT_DONE);
    assert_events("exit inject 5 0 entry exit inject 5 0 entry ");
    assert_int_equal(vcpu->hole_base, DEVICE + 0x100);
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LW_A5), EXIT_DONE);
    assert_events("exit read 0 4 entry ");
}

/* Without its own comparator, or with a timer that is due, each exit looks at the guest's timer. */
static void looks_at_the_guests_timer_where_that_is_needed(void **state)
{
    vcpu->without_sstc = false;
    fake_csr.vstimecmp = UINT64_MAX;
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LW_A5), EXIT_DONE);
    assert_events("read 0 4 entry "); /* the column's longest piece so far */
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LW_A5), EXIT_DONE);
    assert_events("read 0 4 ");
    vcpu->late_open = true;
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LW_A5), EXIT_DONE);
    assert_events("exit read 0 4 entry ");
    vcpu->late_open = false;
    fake_csr.vstimecmp = fake_csr.time;
    assert_int_equal(access_device(EXC_LOAD_GUEST_PAGE, DEVICE, LW_A5), EXIT_DONE);
    assert_events("exit read 0 4 entry ");
}

/* A guest some of whose instructions are emulated gets the others refused as fast as any. */
static void tells_what_may_be_emulated(void **state)
{
    static const uint32_t emulated[] = {0x151025f3 /* csrr a1, sireg */,
                                        0x15c01073 /* csrw stopei */, 0x10500073 /* wfi */,
                                        0x00d00073 /* wrs.nto */, 0 /* stval does not say */};
    vcpu->has_aia = true;
    vcpu->trap_wfi = true;
    for (size_t i = 0; i < sizeof emulated / sizeof emulated[0]; i++) {
        fake_csr.stval = emulated[i];
        assert_int_equal(exit_trap(vcpu, EXC_VIRTUAL_INSTRUCTION, fake_csr.time), EXIT_OPEN);
    }
    assert_events("");
    fake_csr.stval = 0x6a0025f3; /* csrr a1, hgatp */
    assert_int_equal(exit_trap(vcpu, EXC_VIRTUAL_INSTRUCTION, fake_csr.time), EXIT_DONE);
    assert_events("exit inject 2 0x6a0025f3 entry ");
    fake_csr.stval = 0x15c01073; /* without an AIA of its own it has no such CSR */
    vcpu->has_aia = false;
    assert_int_equal(exit_trap(vcpu, EXC_VIRTUAL_INSTRUCTION, fake_csr.time), EXIT_DONE);
}

static void leaves_other_causes(void **state)
{
    vcpu->has_aia = true; /* its guest may have meant a CSR that is emulated */
    assert_int_equal(exit_in_place(vcpu, EXC_VIRTUAL_INSTRUCTION, EXIT_OPEN), EXIT_OPEN);
    assert_int_equal(exit_in_place(vcpu, EXC_FETCH_GUEST_PAGE, EXIT_OPEN), EXIT_OPEN);
    assert_int_equal(exit_in_place(vcpu, EXC_ECALL_U, EXIT_OPEN), EXIT_OPEN);
    assert_events("");
}

int run_in_place_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(serves_a_call, setup),
        cmocka_unit_test_setup(repeats_a_call, setup),
        cmocka_unit_test_setup(serves_a_call_shortly, setup),
        cmocka_unit_test_setup(ends_a_short_call_that_was_unusual, setup),
        cmocka_unit_test_setup(repeats_a_store_without_room, setup),
        cmocka_unit_test_setup(leaves_calls_that_may_not_come_back, setup),
        cmocka_unit_test_setup(takes_simple_requests, setup),
        cmocka_unit_test_setup(leaves_other_requests_to_the_loop, setup),
        cmocka_unit_test_setup(does_not_lose_a_request_that_comes_meanwhile, setup),
        cmocka_unit_test_setup(leaves_all_while_somebody_looks, setup),
        cmocka_unit_test_setup(books_what_the_fast_path_served, setup),
        cmocka_unit_test_setup(accounts_for_a_timer_first, setup),
        cmocka_unit_test_setup(loads_from_a_device, setup),
        cmocka_unit_test_setup(stores_to_a_device, setup),
        cmocka_unit_test_setup(leaves_accesses_that_need_more, setup),
        cmocka_unit_test_setup(refuses_accesses_to_nothing, setup),
        cmocka_unit_test_setup(serves_a_host_interrupt, setup),
        cmocka_unit_test_setup(refuses_instructions_that_the_guest_does_not_have, setup),
        cmocka_unit_test_setup(tells_what_may_be_emulated, setup),
        cmocka_unit_test_setup(divides_accesses_as_the_slow_path_does, setup),
        cmocka_unit_test_setup(finds_the_same_device_again, setup),
        cmocka_unit_test_setup(looks_at_the_guests_timer_where_that_is_needed, setup),
        cmocka_unit_test_setup(leaves_other_causes, setup),
    };
    return cmocka_run_group_tests_name("in place", tests, NULL, NULL);
}
