/* The bus: who gets an access, and what is refused. */
#include "guest.h"

/* A device of two registers of any width that keeps what came in last and refuses offset 8. */
struct probe {
    struct mmio_device device;
    uint64_t offset, value;
    unsigned width;
    int resets;
};

static enum err probe_read(struct mmio_device *device, uint64_t offset, unsigned width,
                           uint64_t *value)
{
    struct probe *p = (struct probe *)device;
    if (offset == 8)
        return ERR_INVALID;
    p->offset = offset;
    p->width = width;
    *value = p->value;
    return OK;
}

static enum err probe_write(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t value)
{
    struct probe *p = (struct probe *)device;
    if (offset == 8)
        return ERR_INVALID;
    p->offset = offset;
    p->width = width;
    p->value = value;
    return OK;
}

static void probe_reset(struct mmio_device *device)
{
    ((struct probe *)device)->resets++;
}

static const struct mmio_ops probe_ops = {probe_read, probe_write, probe_reset};
static const struct mmio_ops stateless_ops = {probe_read, probe_write, NULL};

static struct probe probe_at(uint64_t base, uint64_t size)
{
    return (struct probe){.device = {"probe", gpa(base), size, &probe_ops, LEDGER_MMIO_OTHER}};
}

static void finds_the_device(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0x1000, 0x10), b = probe_at(0x1010, 0x10);
    uint64_t value = 0x1122334455667788;
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_add(&bus, &b.device), OK);
    assert_int_equal(bus_access(&bus, gpa(0x1014), 4, true, &value), OK);
    assert_int_equal(b.offset, 4);
    assert_int_equal(b.width, 4);
    assert_int_equal(b.value, 0x55667788); /* only the access's width */
    assert_int_equal(a.width, 0);
    a.value = 9;
    assert_int_equal(bus_access(&bus, gpa(0x1000), 8, false, &value), OK);
    assert_int_equal(value, 9);
}

static void writes_all_of_eight_bytes(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0, 0x10);
    uint64_t value = UINT64_MAX;
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_access(&bus, gpa(0), 8, true, &value), OK);
    assert_int_equal(a.value, UINT64_MAX);
    assert_int_equal(bus_access(&bus, gpa(0), 1, true, &value), OK);
    assert_int_equal(a.value, 0xff);
}

static void whole_access_in_one_device(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0x1000, 0x10), b = probe_at(0x1010, 0x10);
    uint64_t value = 1;
    assert_int_equal(bus_access(&bus, gpa(0x1000), 4, false, &value), ERR_NOT_FOUND);
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_add(&bus, &b.device), OK);
    assert_int_equal(bus_access(&bus, gpa(0x100c), 8, true, &value), ERR_NOT_FOUND);
    assert_int_equal(bus_access(&bus, gpa(0x0fff), 2, true, &value), ERR_NOT_FOUND);
    assert_int_equal(bus_access(&bus, gpa(0x101e), 4, true, &value), ERR_NOT_FOUND);
    assert_int_equal(bus_access(&bus, gpa(0x1020), 1, true, &value), ERR_NOT_FOUND);
    assert_int_equal(bus_access(&bus, gpa(UINT64_MAX), 8, true, &value), ERR_NOT_FOUND);
    assert_int_equal(a.width + b.width, 0);
}

static void refuses_widths_and_passes_refusals(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0x1000, 0x10);
    uint64_t value = 1;
    assert_int_equal(bus_add(&bus, &a.device), OK);
    const unsigned bad[] = {0, 3, 5, 16};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(bus_access(&bus, gpa(0x1000), bad[i], true, &value), ERR_INVALID);
    assert_int_equal(bus_access(&bus, gpa(0x1008), 4, false, &value), ERR_INVALID);
    assert_int_equal(bus_access(&bus, gpa(0x1008), 4, true, &value), ERR_INVALID);
    assert_int_equal(value, 1);
}

static void refuses_bad_devices(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0x1000, 0x1000);
    struct probe empty = probe_at(0x9000, 0), beyond = probe_at(UINT64_MAX - 0xf, 0x11);
    struct probe low = probe_at(0x800, 0x801), high = probe_at(0x1fff, 1);
    struct probe around = probe_at(0, 0x10000), inside = probe_at(0x1800, 1);
    struct probe top = probe_at(UINT64_MAX - 0xf, 0x10), below = probe_at(0x800, 0x800);
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_add(&bus, &empty.device), ERR_INVALID);
    assert_int_equal(bus_add(&bus, &beyond.device), ERR_INVALID);
    assert_int_equal(bus_add(&bus, &low.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &high.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &around.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &inside.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &a.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &top.device), OK);
    assert_int_equal(bus_add(&bus, &below.device), OK);
    assert_int_equal(bus.count, 3);
}

static void full_bus(void **state)
{
    struct mmio_bus bus = {0};
    struct probe devices[MMIO_BUS_MAX + 1];
    for (uint64_t i = 0; i <= MMIO_BUS_MAX; i++) {
        devices[i] = probe_at(i * 0x1000, 0x1000);
        assert_int_equal(bus_add(&bus, &devices[i].device), i < MMIO_BUS_MAX ? OK : ERR_NO_MEMORY);
    }
}

static void resets_all(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0, 1), b = probe_at(1, 1), stateless = probe_at(2, 1);
    stateless.device.ops = &stateless_ops;
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_add(&bus, &stateless.device), OK);
    assert_int_equal(bus_add(&bus, &b.device), OK);
    bus_reset(&bus);
    assert_int_equal(a.resets, 1);
    assert_int_equal(b.resets, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_device),
        cmocka_unit_test(writes_all_of_eight_bytes),
        cmocka_unit_test(whole_access_in_one_device),
        cmocka_unit_test(refuses_widths_and_passes_refusals),
        cmocka_unit_test(refuses_bad_devices),
        cmocka_unit_test(full_bus),
        cmocka_unit_test(resets_all),
    };
    return cmocka_run_group_tests_name("axdevice bus", tests, NULL, NULL);
}
