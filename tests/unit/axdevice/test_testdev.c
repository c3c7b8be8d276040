/* sifive,test: which writes end a machine, and how. */
#include "guest.h"
#include <axdevice/testdev.h>

struct ending {
    int calls;
    enum testdev_action action;
    uint32_t code;
};

static void finish(void *context, enum testdev_action action, uint32_t code)
{
    struct ending *e = context;
    *e = (struct ending){e->calls + 1, action, code};
}

static void commands(void **state)
{
    static const struct {
        unsigned width;
        uint64_t value;
        struct ending expected;
    } cases[] = {
        {4, 0x5555, {1, TESTDEV_PASS, 0}},
        {4, 0x00075555, {1, TESTDEV_PASS, 0}},
        {2, 0x5555, {1, TESTDEV_PASS, 0}},
        {4, 0x3333, {1, TESTDEV_FAIL, 0}},
        {4, 0x002a3333, {1, TESTDEV_FAIL, 42}},
        {4, 0xffff3333, {1, TESTDEV_FAIL, 0xffff}},
        {4, 0x7777, {1, TESTDEV_RESET, 0}},
        {4, 0x1234, {0}},
        {4, 0, {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ending e = {0};
        struct testdev t;
        testdev_init(&t, gpa(0x100000), finish, &e);
        guest_write(&t.device, 0, cases[i].width, cases[i].value);
        assert_int_equal(e.calls, cases[i].expected.calls);
        assert_int_equal(e.action, cases[i].expected.action);
        assert_int_equal(e.code, cases[i].expected.code);
    }
}

static void nothing_else_ends_it(void **state)
{
    struct ending e = {0};
    struct testdev t;
    testdev_init(&t, gpa(0x100000), finish, &e);
    guest_write(&t.device, 4, 4, 0x5555);
    guest_write(&t.device, 2, 4, 0x5555); /* two halves */
    guest_write(&t.device, 0xffc, 4, 0x5555);
    assert_int_equal(guest_read(&t.device, 0, 4), 0);
    guest_refused(&t.device, 0, 1);
    guest_refused(&t.device, 0, 8);
    guest_refused(&t.device, 1, 2);
    assert_int_equal(e.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
        cmocka_unit_test(nothing_else_ends_it),
    };
    return cmocka_run_group_tests_name("axdevice testdev", tests, NULL, NULL);
}
