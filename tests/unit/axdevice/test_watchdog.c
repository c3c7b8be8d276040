/* The watchdog as Linux's driver uses it: intervals, restarts, the machine's reset, the interrupt.
 */
#include "guest.h"
#include <axdevice/model.h>
#include <axsync/spinlock.h>

enum {
    IRQ_ENABLE,
    IRQ_STATUS = 4,
    SOFT_RESET = 8,
    CONTROL = 0x10,
    CONFIG = 0x14,
    MODE = 0x18,
    OUTPUT = 0x1c
};

#define KEY UINT32_C(0x16aa0000)
#define RESTART 0x14af /* 0xa57 << 1 | 1 */
#define SECOND UINT64_C(1000000000)
#define START (5 * SECOND)

extern const struct device_model watchdog_model;

static _Alignas(16) char state_of_device[256];
static struct mmio_device *device = (struct mmio_device *)state_of_device;
static uint64_t time_of_machine;
static unsigned ends, rearmed;
static bool line;

static uint64_t now(void *context)
{
    return time_of_machine;
}

static void rearm(void *context)
{
    rearmed++;
    (void)watchdog_model.deadline(device); /* it holds no lock */
}

static void end(void *context, enum device_end how, const char *reason)
{
    assert_int_equal(how, DEVICE_RESET);
    assert_non_null(reason);
    ends++;
}

static uint64_t set_irq(void *context, uint32_t source, bool level)
{
    assert_int_equal(source, 12);
    line = level;
    return 0;
}

static int start(void **state)
{
    static const struct device_machine machine = {.now = now, .rearm = rearm, .end = end};
    assert_in_range(watchdog_model.size, sizeof *device, sizeof state_of_device);
    time_of_machine = START;
    ends = rearmed = 0;
    line = false;
    watchdog_model.init(device, &(struct device_site){.base = gpa(0x6011000),
                                                      .size = 0x1000,
                                                      .irq = {.set = set_irq, .source = 12},
                                                      .machine = &machine});
    return 0;
}

static void put(uint64_t offset, uint64_t value)
{
    guest_write(device, offset, 4, value);
}

static uint64_t get(uint64_t offset)
{
    return guest_read(device, offset, 4);
}

static uint64_t left(void)
{
    return watchdog_model.deadline(device) - time_of_machine;
}

static void pass(uint64_t ns)
{
    time_of_machine += ns;
    watchdog_model.tick(device);
}

static void it_is_off_after_power_on(void **state)
{
    assert_int_equal(watchdog_model.deadline(device), DEVICE_NEVER);
    assert_int_equal(get(CONFIG), 1);
    assert_int_equal(get(MODE), 0);
    assert_int_equal(get(OUTPUT), 0x1f);
    put(CONTROL, RESTART);
    assert_int_equal(watchdog_model.deadline(device), DEVICE_NEVER);
    pass(100 * SECOND);
    assert_int_equal(ends, 0);
}

static void each_interval(void **state)
{
    static const unsigned halves[16] = {1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 32, 32, 32, 32};
    for (uint32_t i = 0; i < 16; i++) {
        put(MODE, KEY | i << 4 | 1);
        assert_int_equal(get(MODE), i << 4 | 1);
        assert_int_equal(left(), halves[i] * SECOND / 2);
    }
    assert_int_equal(rearmed, 16);
}

static void a_restart_begins_again_and_silence_resets(void **state)
{
    put(MODE, KEY | 2 << 4 | 1);
    for (int i = 0; i < 5; i++) {
        pass(2 * SECOND - 1);
        assert_int_equal(ends, 0);
        put(CONTROL, RESTART);
        assert_int_equal(left(), 2 * SECOND);
    }
    put(CONTROL, RESTART ^ 2); /* not the key: nothing begins again */
    pass(2 * SECOND - 1);
    put(CONTROL, RESTART ^ 2);
    pass(1);
    assert_int_equal(ends, 1);
    assert_false(line);
}

static void writes_without_the_key_do_nothing(void **state)
{
    put(MODE, 0x11);
    put(MODE, 0x16ab0011);
    assert_int_equal(watchdog_model.deadline(device), DEVICE_NEVER);
    put(CONFIG, 2);
    assert_int_equal(get(CONFIG), 1);
    put(SOFT_RESET, 1);
    assert_int_equal(ends, 0);
    put(SOFT_RESET, KEY | 1);
    assert_int_equal(ends, 1);
}

static void stopped_it_counts_no_longer(void **state)
{
    put(MODE, KEY | 1 << 4 | 1);
    put(MODE, KEY);
    assert_int_equal(watchdog_model.deadline(device), DEVICE_NEVER);
    pass(100 * SECOND);
    assert_int_equal(ends, 0);
}

static void configured_so_it_interrupts(void **state)
{
    put(CONFIG, KEY | 2);
    put(MODE, KEY | 1 << 4 | 1);
    pass(SECOND);
    assert_int_equal(get(IRQ_STATUS), 1);
    assert_false(line);
    put(IRQ_ENABLE, 1);
    assert_true(line);
    put(IRQ_STATUS, 0);
    assert_true(line);
    put(IRQ_STATUS, 1);
    assert_false(line);
    assert_int_equal(left(), SECOND); /* it goes on */
    assert_int_equal(ends, 0);
}

static void reset_stops_it(void **state)
{
    put(CONFIG, KEY | 2);
    put(IRQ_ENABLE, 1);
    put(OUTPUT, 3);
    put(MODE, KEY | 1 << 4 | 1);
    pass(SECOND);
    assert_true(line);
    device->ops->reset(device);
    assert_false(line);
    assert_int_equal(watchdog_model.deadline(device), DEVICE_NEVER);
    assert_int_equal(get(CONFIG), 1);
    assert_int_equal(get(MODE), 0);
    assert_int_equal(get(OUTPUT), 0x1f);
    assert_int_equal(get(IRQ_ENABLE), 0);
    assert_int_equal(get(IRQ_STATUS), 0);
}

static void other_widths_and_places(void **state)
{
    guest_refused(device, MODE, 1);
    guest_refused(device, MODE, 2);
    put(0x20, 1);
    assert_int_equal(get(0x20), 0);
    assert_int_equal(get(SOFT_RESET), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_off_after_power_on, start),
        cmocka_unit_test_setup(each_interval, start),
        cmocka_unit_test_setup(a_restart_begins_again_and_silence_resets, start),
        cmocka_unit_test_setup(writes_without_the_key_do_nothing, start),
        cmocka_unit_test_setup(stopped_it_counts_no_longer, start),
        cmocka_unit_test_setup(configured_so_it_interrupts, start),
        cmocka_unit_test_setup(reset_stops_it, start),
        cmocka_unit_test_setup(other_widths_and_places, start),
    };
    return cmocka_run_group_tests_name("axdevice watchdog", tests, NULL, NULL);
}
