/* sifive,test: which writes end a machine, and how. */
#include "guest.h"
#include <axdevice/testdev.h>

struct ending {
    int calls;
    enum device_end how;
};

static void end(void *context, enum device_end how, const char *reason)
{
    struct ending *e = context;
    assert_non_null(reason);
    *e = (struct ending){e->calls + 1, how};
}

static struct ending ending;
static const struct device_machine machine = {.end = end, .context = &ending};
static _Alignas(8) char state_of_device[64];
static struct mmio_device *device = (struct mmio_device *)state_of_device;

static void start(void)
{
    ending = (struct ending){0};
    assert_in_range(testdev_model.size, sizeof *device, sizeof state_of_device);
    testdev_model.init(
        device, &(struct device_site){.base = gpa(0x100000), .size = 0x1000, .machine = &machine});
}

static void commands(void **state)
{
    static const struct {
        unsigned width;
        uint64_t value;
        struct ending expected;
    } cases[] = {
        {4, 0x5555, {1, DEVICE_SHUTDOWN}},
        {4, 0x00075555, {1, DEVICE_SHUTDOWN}},
        {2, 0x5555, {1, DEVICE_SHUTDOWN}},
        {4, 0x3333, {1, DEVICE_FAIL}},
        {4, 0x002a3333, {1, DEVICE_FAIL}},
        {4, 0xffff3333, {1, DEVICE_FAIL}},
        {4, 0x7777, {1, DEVICE_RESET}},
        {4, 0x1234, {0}},
        {4, 0, {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start();
        guest_write(device, 0, cases[i].width, cases[i].value);
        assert_int_equal(ending.calls, cases[i].expected.calls);
        assert_int_equal(ending.how, cases[i].expected.how);
    }
}

static void nothing_else_ends_it(void **state)
{
    start();
    guest_write(device, 4, 4, 0x5555);
    guest_write(device, 2, 4, 0x5555); /* two halves */
    guest_write(device, 0xffc, 4, 0x5555);
    assert_int_equal(guest_read(device, 0, 4), 0);
    guest_refused(device, 0, 1);
    guest_refused(device, 0, 8);
    guest_refused(device, 1, 2);
    assert_int_equal(ending.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
        cmocka_unit_test(nothing_else_ends_it),
    };
    return cmocka_run_group_tests_name("axdevice testdev", tests, NULL, NULL);
}
