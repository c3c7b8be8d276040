#include "fixture.h"
#include <axvcpu/hart_timer.h>

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
    vcpu->without_sstc = false;
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
    fire_at(499); /* early: another's */
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

static unsigned fired[2];
static uint64_t again; /* what the first timer sets itself to when it fires */

static void note(struct hart_timer *timer);
static struct hart_timer host[2] = {{.fire = note}, {.fire = note}};

static void note(struct hart_timer *timer)
{
    fired[timer - host]++;
    if (timer == &host[0] && again != 0)
        hart_timer_set(timer, again);
}

static int teardown(void **state)
{
    hart_timer_set(&host[0], UINT64_MAX);
    hart_timer_set(&host[1], UINT64_MAX);
    fired[0] = fired[1] = 0;
    again = 0;
    return 0;
}

static void serves_the_host_beside_a_vcpu(void **state)
{
    vcpu_set_timer(vcpu, 400);
    hart_timer_set(&host[0], 300);
    hart_timer_set(&host[1], 500);
    assert_int_equal(f.firmware_timer, 300);
    fire_at(300);
    assert_int_equal(fired[0], 1);
    assert_int_equal(f.firmware_timer, 400);
    fire_at(400);
    assert_int_equal(fake_csr.hvip, IRQ_BIT(IRQ_VSTI));
    assert_int_equal(f.firmware_timer, 500);
    hart_timer_set(&host[1], 700); /* moved */
    fire_at(600);
    assert_int_equal(fired[1], 0);
    fire_at(700);
    assert_int_equal(fired[1], 1);
    assert_int_equal(fired[0], 1);
    assert_false(f.timer_enabled);
}

static void lets_a_timer_set_itself_again(void **state)
{
    again = 900;
    hart_timer_set(&host[0], 300);
    fire_at(350);
    assert_int_equal(fired[0], 1);
    assert_int_equal(fake_csr.stimecmp, 900);
    hart_timer_set(&host[0], UINT64_MAX);
    assert_false(f.timer_enabled);
}

/* Then only the firmware knows whether the hart has Sstc. */
static void serves_a_hart_without_a_vcpu(void **state)
{
    f.harts[0].vcpu = NULL;
    hart_timer_set(&host[0], 300);
    assert_int_equal(f.firmware_timer, 300);
    assert_true(f.timer_enabled);
    fire_at(300);
    assert_int_equal(fired[0], 1);
    assert_false(f.timer_enabled);
}

static void outlives_a_vcpu_that_leaves(void **state)
{
    vcpu_set_timer(vcpu, 100);
    hart_timer_set(&host[0], 300);
    vcpu_detach(vcpu);
    assert_int_equal(f.firmware_timer, 300);
    assert_true(f.timer_enabled);
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
        cmocka_unit_test_setup_teardown(serves_the_host_beside_a_vcpu, setup, teardown),
        cmocka_unit_test_setup_teardown(lets_a_timer_set_itself_again, setup_sstc, teardown),
        cmocka_unit_test_setup_teardown(serves_a_hart_without_a_vcpu, setup, teardown),
        cmocka_unit_test_setup_teardown(outlives_a_vcpu_that_leaves, setup, teardown),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
