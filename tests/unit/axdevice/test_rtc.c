/* The goldfish RTC: latching, setting, the alarm's whole life. */
#include "guest.h"
#include <axdevice/rtc.h>

enum {
    TIME_LOW,
    TIME_HIGH = 4,
    ALARM_LOW = 8,
    ALARM_HIGH = 0xc,
    IRQ_ENABLED = 0x10,
    CLEAR_ALARM = 0x14,
    ALARM_STATUS = 0x18,
    CLEAR_INTERRUPT = 0x1c
};

#define NOW UINT64_C(0x17f0000012345678)
#define VCPUS 6 /* a set of them, for the controller */

struct machine {
    struct rtc rtc;
    uint64_t now;
    bool line;
    bool irq; /* the line, as the vCPU that was notified has seen it */
    unsigned rearmed;
    struct device_machine machine;
};

static uint64_t now(void *context)
{
    return ((struct machine *)context)->now;
}

static uint64_t set_irq(void *context, uint32_t source, bool level)
{
    struct machine *m = context;
    assert_int_equal(source, 11);
    assert_true(spin_held(&m->rtc.lock)); /* or an older level could come last */
    uint64_t vcpus = level != m->line ? VCPUS : 0;
    m->line = level;
    return vcpus;
}

/* A vCPU that is notified may come to the RTC at once. */
static void tell(void *context, uint64_t vcpus)
{
    struct machine *m = context;
    assert_int_equal(vcpus, VCPUS);
    assert_false(spin_held(&m->rtc.lock));
    m->irq = m->line;
}

static uint64_t get(struct machine *m, uint64_t offset)
{
    return guest_read(&m->rtc.device, offset, 4);
}

static void put(struct machine *m, uint64_t offset, uint64_t value)
{
    guest_write(&m->rtc.device, offset, 4, value);
}

static void rearm(void *context)
{
    struct machine *m = context;
    assert_false(spin_held(&m->rtc.lock)); /* it asks for the deadline */
    m->rearmed++;
}

static void start(struct machine *m)
{
    *m = (struct machine){.now = NOW, .machine = {.now = now, .rearm = rearm, .context = m}};
    rtc_model.init(
        &m->rtc.device,
        &(struct device_site){.base = gpa(0x101000),
                              .size = 0x1000,
                              .irq = {.set = set_irq, .tell = tell, .context = m, .source = 11},
                              .machine = &m->machine});
}

/* As Linux's goldfish_rtc_set_alarm. */
static void set_alarm(struct machine *m, uint64_t at)
{
    put(m, ALARM_HIGH, at >> 32);
    put(m, ALARM_LOW, at & UINT32_MAX);
    put(m, IRQ_ENABLED, 1);
}

static void low_latches_high(void **state)
{
    struct machine m;
    start(&m);
    m.now = UINT64_C(0x5ffffffff);
    assert_int_equal(get(&m, TIME_LOW), 0xffffffff);
    m.now++;
    assert_int_equal(get(&m, TIME_HIGH), 5);
    assert_int_equal(get(&m, TIME_LOW), 0);
    assert_int_equal(get(&m, TIME_HIGH), 6);
}

static void guest_sets_the_time(void **state)
{
    struct machine m;
    start(&m);
    put(&m, TIME_HIGH, 1);
    put(&m, TIME_LOW, 0xfffffff0);
    m.now += 0x20;
    assert_int_equal(get(&m, TIME_LOW), 0x10);
    assert_int_equal(get(&m, TIME_HIGH), 2);
    assert_int_equal(m.now, NOW + 0x20); /* the host's clock is its own */
}

static void alarm_fires_once(void **state)
{
    struct machine m;
    start(&m);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), DEVICE_NEVER);
    set_alarm(&m, NOW + 1000);
    assert_int_equal(m.rearmed, 3); /* by each write */
    assert_int_equal(get(&m, ALARM_STATUS), 1);
    assert_int_equal(get(&m, ALARM_LOW), (NOW + 1000) & UINT32_MAX);
    assert_int_equal(get(&m, ALARM_HIGH), NOW >> 32);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), NOW + 1000);
    m.now += 999;
    rtc_model.tick(&m.rtc.device);
    assert_false(m.irq);
    m.now++;
    rtc_model.tick(&m.rtc.device);
    assert_true(m.irq);
    assert_int_equal(get(&m, ALARM_STATUS), 0);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), DEVICE_NEVER);
    put(&m, CLEAR_INTERRUPT, 1);
    assert_false(m.irq);
    rtc_model.tick(&m.rtc.device);
    assert_false(m.irq);
}

static void alarm_in_the_past_fires_at_once(void **state)
{
    struct machine m;
    start(&m);
    put(&m, IRQ_ENABLED, 1);
    put(&m, ALARM_HIGH, 0);
    assert_false(m.irq);
    put(&m, ALARM_LOW, 1);
    assert_true(m.irq);
}

static void alarm_cleared_or_disabled(void **state)
{
    struct machine m;
    start(&m);
    set_alarm(&m, NOW + 10);
    put(&m, CLEAR_ALARM, 1);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), DEVICE_NEVER);
    m.now += 20;
    rtc_model.tick(&m.rtc.device);
    assert_false(m.irq);
    set_alarm(&m, m.now + 10);
    put(&m, IRQ_ENABLED, 0);
    m.now += 20;
    rtc_model.tick(&m.rtc.device);
    assert_false(m.irq);
    put(&m, IRQ_ENABLED, 1); /* it pended meanwhile */
    assert_true(m.irq);
}

/* Also when the guest's clock stands far from the host's. */
static void deadline_is_in_host_time(void **state)
{
    struct machine m;
    start(&m);
    put(&m, TIME_HIGH, 0);
    put(&m, TIME_LOW, 0);
    set_alarm(&m, 500);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), NOW + 500);
    set_alarm(&m, UINT64_MAX); /* ends beyond the host's 2^64: never, not in the past */
    assert_int_equal(rtc_model.deadline(&m.rtc.device), DEVICE_NEVER);
    put(&m, TIME_HIGH, UINT32_MAX);
    put(&m, TIME_LOW, UINT32_MAX - 10);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), NOW + 10);
}

static void reset_keeps_the_time(void **state)
{
    struct machine m;
    start(&m);
    put(&m, TIME_HIGH, 1);
    put(&m, TIME_LOW, 7);
    set_alarm(&m, 0);
    assert_true(m.irq);
    set_alarm(&m, UINT64_C(0x200000000));
    m.rtc.device.ops->reset(&m.rtc.device);
    assert_false(m.irq);
    assert_int_equal(rtc_model.deadline(&m.rtc.device), DEVICE_NEVER);
    assert_int_equal(get(&m, IRQ_ENABLED), 0);
    assert_int_equal(get(&m, ALARM_HIGH), 0);
    assert_int_equal(get(&m, TIME_HIGH), 0); /* the latch */
    assert_int_equal(get(&m, TIME_LOW), 7);
    assert_int_equal(get(&m, TIME_HIGH), 1);
}

static void refusals(void **state)
{
    struct machine m;
    start(&m);
    guest_refused(&m.rtc.device, TIME_LOW, 1);
    guest_refused(&m.rtc.device, TIME_LOW, 2);
    guest_refused(&m.rtc.device, 2, 4);
    guest_refused(&m.rtc.device, 0x20, 8); /* its second half is beyond the registers */
    guest_refused(&m.rtc.device, 0x24, 4);
    assert_int_equal(guest_read(&m.rtc.device, TIME_LOW, 8), NOW);
    put(&m, 0x20, 1); /* reserved: no effect */
    assert_int_equal(get(&m, 0x20), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(low_latches_high),
        cmocka_unit_test(guest_sets_the_time),
        cmocka_unit_test(alarm_fires_once),
        cmocka_unit_test(alarm_in_the_past_fires_at_once),
        cmocka_unit_test(alarm_cleared_or_disabled),
        cmocka_unit_test(deadline_is_in_host_time),
        cmocka_unit_test(reset_keeps_the_time),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("axdevice rtc", tests, NULL, NULL);
}
