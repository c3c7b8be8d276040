/* Whose doing a late timer is: the guest is entered at 1000, and exits later. */
#include "fixture.h"
#include "internal.h"

static struct vcpu *const vcpu = &f.vcpus[0];
#define LATE (vcpu->ledger->late)

static void setup_timer(uint64_t deadline, bool enabled)
{
    vcpu->without_sstc = false;
    vcpu->sstatus = SSTATUS_SPP;
    fake_csr.vstimecmp = deadline;
    fake_csr.vsie = IRQ_BIT(IRQ_STI);
    fake_csr.vsstatus = enabled ? SSTATUS_SIE : 0;
    fake_csr.time = 1000;
    late_at_entry(vcpu);
    ledger_enter_guest(vcpu->ledger);
}

/* The vector's part, and vcpu_run's after it. */
static void exit_at(uint64_t time)
{
    fake_csr.time = time;
    ledger_switch(vcpu->ledger, LEDGER_MMIO_UART);
    late_at_exit(vcpu);
}

static void enter_at(uint64_t time)
{
    fake_csr.time = time;
    late_at_entry(vcpu);
    ledger_enter_guest(vcpu->ledger);
}

/* It is booked at the next exit. */
static void settle(void)
{
    exit_at(fake_csr.time);
    enter_at(fake_csr.time);
}

static void assert_blamed(enum trace_blame blame, uint64_t ticks)
{
    for (unsigned i = 0; i < TRACE_BLAMES; i++)
        assert_int_equal(LATE.blamed[i], i == blame ? ticks : 0);
    assert_int_equal(LATE.sum, ticks);
}

static void an_exit_in_progress(void **state)
{
    setup_timer(1500, true);
    exit_at(1400);
    enter_at(1800);
    settle();
    assert_int_equal(LATE.count, 1);
    assert_blamed(TRACE_BLAME_EXIT, 300);
    assert_int_equal(LATE.worst_column, LEDGER_MMIO_UART);
    assert_int_equal(LATE.worst_deadline, 1500);
    exit_at(1900); /* the same deadline is not counted again */
    enter_at(2000);
    assert_int_equal(LATE.count, 1);
}

static void one_that_is_not_due_has_no_blame(void **state)
{
    setup_timer(1500, true);
    exit_at(1400);
    enter_at(1499);
    settle();
    assert_int_equal(LATE.count, 0);
}

static void the_guest_that_masks_it(void **state)
{
    setup_timer(1500, false);
    exit_at(1700);
    enter_at(1710);
    assert_int_equal(LATE.count, 0); /* it still can't be taken */
    exit_at(1900);
    fake_csr.vsstatus = SSTATUS_SIE;
    enter_at(1930);
    settle();
    assert_int_equal(LATE.count, 1);
    assert_int_equal(LATE.sum, 430);
    assert_int_equal(LATE.blamed[TRACE_BLAME_MASKED], 200 + 190);
    assert_int_equal(LATE.blamed[TRACE_BLAME_EXIT], 10 + 30);
}

static void one_taken_between_two_exits(void **state)
{
    setup_timer(1500, false);
    exit_at(1600);
    enter_at(1620);
    fake_csr.vstimecmp = 9000; /* its handler set the next one */
    exit_at(1800);
    assert_int_equal(LATE.count, 1);
    assert_int_equal(LATE.sum, 120); /* what is known: up to the last entry */
}

static void one_that_the_guest_does_not_want(void **state)
{
    setup_timer(1500, true);
    fake_csr.vsie = 0;
    exit_at(1700);
    enter_at(1800);
    settle();
    assert_int_equal(LATE.count, 0);
}

static void waiting_for_another_hart_is_apart(void **state)
{
    setup_timer(1500, true);
    exit_at(1500);
    fake_csr.time = 1510;
    ledger_switch(vcpu->ledger, LEDGER_WAIT_HART);
    fake_csr.time = 1560;
    ledger_switch(vcpu->ledger, LEDGER_SBI_RFENCE_I);
    enter_at(1565);
    settle();
    assert_int_equal(LATE.blamed[TRACE_BLAME_IPI], 50);
    assert_int_equal(LATE.blamed[TRACE_BLAME_EXIT], 15);
    assert_int_equal(LATE.sum, 65);
}

static void waiting_for_a_lock_is_apart(void **state)
{
    setup_timer(1500, true);
    exit_at(1500);
    fake_hart->lock_wait += 40;
    enter_at(1565);
    settle();
    assert_int_equal(LATE.blamed[TRACE_BLAME_LOCK], 40);
    assert_int_equal(LATE.blamed[TRACE_BLAME_EXIT], 25);
}

static void a_pause(void **state)
{
    setup_timer(1500, true);
    exit_at(1500);
    ledger_switch(vcpu->ledger, LEDGER_DESCHEDULED);
    enter_at(3000);
    settle();
    assert_blamed(TRACE_BLAME_VCPU, 1500);
}

/* Without Sstc the host's timer interrupts the hart: the time until then is the firmware's. */
static void without_sstc_the_way_to_the_host(void **state)
{
    setup_timer(UINT64_MAX, true);
    vcpu->without_sstc = true;
    vcpu_set_timer(vcpu, 1500);
    exit_at(1530);
    fake_csr.hvip = IRQ_BIT(IRQ_VSTI); /* the host's timer has fired */
    enter_at(1600);
    settle();
    assert_int_equal(LATE.blamed[TRACE_BLAME_FIRMWARE], 30);
    assert_int_equal(LATE.blamed[TRACE_BLAME_EXIT], 70);
}

/* The fast path brought the guest its timer of 1500 at 1600, in 10 ticks. */
static void deliver(bool masked)
{
    setup_timer(UINT64_MAX, !masked);
    vcpu->without_sstc = true;
    vcpu->late.armed = 1500;
    fake_csr.hvip = IRQ_BIT(IRQ_VSTI);
    vcpu->delivered = (struct delivered_timer){1500, 1600, 1610, 0x80400000, masked};
    ledger_hold(vcpu->ledger, LEDGER_GUEST);
    fake_csr.time = 2000;
    vcpu_account_delivered(vcpu);
}

static void the_fast_path_and_the_firmware(void **state)
{
    deliver(false);
    assert_int_equal(LATE.count, 1);
    assert_int_equal(LATE.blamed[TRACE_BLAME_FIRMWARE], 100);
    assert_int_equal(LATE.blamed[TRACE_BLAME_EXIT], 10);
    assert_int_equal(LATE.worst_column, LEDGER_HOST_INTERRUPT);
    assert_int_equal(vcpu->ledger->mark, 1610);
    assert_int_equal(ledger_count(vcpu->ledger, LEDGER_HOST_INTERRUPT), 1);
    assert_int_equal(vcpu->delivered.deadline, 0);
    exit_at(2000); /* the same deadline is not counted again */
    enter_at(2100);
    settle();
    assert_int_equal(LATE.count, 1);
}

static void the_guest_after_the_fast_path(void **state)
{
    deliver(true);
    assert_int_equal(LATE.count, 0);
    exit_at(2000); /* 390 ticks later it has still not taken it */
    fake_csr.vsstatus = SSTATUS_SIE;
    enter_at(2020);
    settle();
    assert_int_equal(LATE.count, 1);
    assert_int_equal(LATE.sum, 520);
    assert_int_equal(LATE.blamed[TRACE_BLAME_FIRMWARE], 100);
    assert_int_equal(LATE.blamed[TRACE_BLAME_MASKED], 390);
    assert_int_equal(LATE.blamed[TRACE_BLAME_EXIT], 30);
}

/* Served in place: the same, if a timer is due; else nothing is looked at. */
static void an_exit_in_place(void **state)
{
    setup_timer(1500, true);
    fake_csr.sstatus = SSTATUS_SPP;
    fake_csr.time = 1400;
    ledger_switch(vcpu->ledger, LEDGER_MMIO_UART);
    vcpu->exit_time = 1400;
    vcpu_note_exit(vcpu);
    fake_csr.time = 1450;
    vcpu_note_entry(vcpu);
    assert_int_equal(vcpu->late.deadline, 0);
    fake_csr.time = 1800;
    vcpu_note_entry(vcpu);
    ledger_enter_guest(vcpu->ledger);
    settle();
    assert_int_equal(LATE.count, 1);
    assert_blamed(TRACE_BLAME_EXIT, 300);
}

int run_late_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_exit_in_progress),
        TEST(one_that_is_not_due_has_no_blame),
        TEST(the_guest_that_masks_it),
        TEST(one_taken_between_two_exits),
        TEST(one_that_the_guest_does_not_want),
        TEST(waiting_for_another_hart_is_apart),
        TEST(waiting_for_a_lock_is_apart),
        TEST(a_pause),
        TEST(without_sstc_the_way_to_the_host),
        TEST(the_fast_path_and_the_firmware),
        TEST(the_guest_after_the_fast_path),
        TEST(an_exit_in_place),
    };
    return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
