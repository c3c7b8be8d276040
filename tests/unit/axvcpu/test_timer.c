#include "fixture.h"

#include "internal.h"

static struct vcpu *const vcpu = &f.vcpus[0];

static int setup(void **state)
{
    fixture_setup(state);
    timer_init();
    return 0;
}

static int setup_sstc(void **state)
{
    setup(state);
    vcpu->has_sstc = true;
    return 0;
}

static void fire_at(uint64_t time)
{
    fake_csr.time = time;
    f.timer_handler();
}

static void leaves_the_guests_timer_to_sstc(void **state)
{
    vcpu_set_timer(vcpu, 500);
    assert_int_equal(fake_csr.vstimecmp, 500);
    assert_false(f.timer_enabled);
}

static void stands_in_for_the_guests_timer(void **state)
{
    fake_csr.hvip = IRQ_BIT(IRQ_VSTI);
    vcpu_set_timer(vcpu, 500);
    assert_int_equal(fake_csr.hvip, 0); /* SBI 2.0 §6.1 */
    assert_int_equal(f.firmware_timer, 500);
    assert_true(f.timer_enabled);
    fire_at(499); /* early: somebody else's */
    assert_int_equal(fake_csr.hvip, 0);
    assert_true(f.timer_enabled);
    fire_at(500);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSTI));
    assert_false(f.timer_enabled);
}

static void waits_for_nothing_when_told_never(void **state)
{
    vcpu_set_timer(vcpu, 500);
    vcpu_set_timer(vcpu, UINT64_MAX);
    assert_false(f.timer_enabled);
}

static void waits_for_the_nearer_deadline(void **state)
{
    vcpu_set_timer(vcpu, 500);
    vcpu_set_device_timer(vcpu, 300);
    assert_int_equal(f.firmware_timer, 300);
    fire_at(300);
    assert_int_equal(f.device_timers, 1);
    assert_int_equal(fake_csr.hvip, 0);
    assert_int_equal(f.firmware_timer, 500);
    fire_at(600);
    assert_int_equal(f.device_timers, 1);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSTI));
    assert_false(f.timer_enabled);
}

static void serves_both_at_once(void **state)
{
    vcpu_set_timer(vcpu, 500);
    vcpu_set_device_timer(vcpu, 300);
    fire_at(1000);
    assert_int_equal(f.device_timers, 1);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSTI));
    assert_false(f.timer_enabled);
}

static void serves_devices_with_sstc_too(void **state)
{
    vcpu_set_timer(vcpu, 100);
    vcpu_set_device_timer(vcpu, 300);
    assert_int_equal(fake_csr.stimecmp, 300);
    assert_int_equal(fake_csr.vstimecmp, 100);
    assert_true(f.timer_enabled);
    fire_at(300);
    assert_int_equal(f.device_timers, 1);
    assert_int_equal(fake_csr.hvip, 0);
    assert_false(f.timer_enabled);
}

int run_timer_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(leaves_the_guests_timer_to_sstc, setup_sstc),
        cmocka_unit_test_setup(stands_in_for_the_guests_timer, setup),
        cmocka_unit_test_setup(waits_for_nothing_when_told_never, setup),
        cmocka_unit_test_setup(waits_for_the_nearer_deadline, setup),
        cmocka_unit_test_setup(serves_both_at_once, setup),
        cmocka_unit_test_setup(serves_devices_with_sstc_too, setup_sstc),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
