/* The bus: which device gets an access, and what is refused. */
#include "guest.h"
#include <lib/bits.h>
#include <string.h>

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

static const struct mmio_ops probe_ops = {
    .read = probe_read, .write = probe_write, .reset = probe_reset};
static const struct mmio_ops stateless_ops = {.read = probe_read, .write = probe_write};

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

static void passes_refusals(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0x1000, 0x10);
    uint64_t value = 1;
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_access(&bus, gpa(0x1008), 4, false, &value), ERR_INVALID);
    assert_int_equal(bus_access(&bus, gpa(0x1008), 4, true, &value), ERR_INVALID);
    assert_int_equal(value, 1);
}

/* A device of bytes that writes down the widths of the accesses to it, as digits. */
struct memory {
    struct mmio_device device;
    uint8_t bytes[32];
    uint32_t widths;
};

static enum err memory_read(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    struct memory *m = (struct memory *)device;
    assert_true(is_aligned(device->base.a + offset, width));
    m->widths = m->widths * 10 + width;
    *value = 0;
    memcpy(value, &m->bytes[offset], width);
    return offset < 24 ? OK : ERR_INVALID;
}

static enum err memory_write(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t value)
{
    struct memory *m = (struct memory *)device;
    assert_true(is_aligned(device->base.a + offset, width));
    m->widths = m->widths * 10 + width;
    memcpy(&m->bytes[offset], &value, width);
    return offset < 24 ? OK : ERR_INVALID;
}

static const struct mmio_ops memory_ops = {.read = memory_read, .write = memory_write};
static const struct mmio_ops narrow_ops = {.read = memory_read, .write = memory_write, .widest = 4};

static void expect_pieces(const struct mmio_ops *ops, uint64_t at, unsigned width, uint32_t widths)
{
    static const uint64_t base = 0x1000;
    struct memory m = {.device = {"memory", gpa(base), 32, ops, LEDGER_MMIO_OTHER}};
    uint64_t value = 0;
    for (unsigned i = 0; i < sizeof m.bytes; i++)
        m.bytes[i] = (uint8_t)(i + 1);
    assert_int_equal(guest_try(&m.device, at, width, false, &value), OK);
    assert_memory_equal(&value, &m.bytes[at], width);
    assert_int_equal(m.widths, widths);
    m.widths = 0;
    value = 0x8877665544332211;
    assert_int_equal(guest_try(&m.device, at, width, true, &value), OK);
    assert_memory_equal(&value, &m.bytes[at], width);
    assert_int_equal(m.bytes[at + width], at + width + 1);
    assert_int_equal(m.widths, widths);
}

static void misaligned_accesses_come_in_pieces(void **state)
{
    static const struct {
        uint64_t at;
        unsigned width;
        uint32_t widths;
    } cases[] = {
        {0, 8, 8},    {0, 1, 1},  {3, 1, 1},    {1, 2, 11},   {2, 4, 22},       {1, 4, 1111},
        {3, 4, 1111}, {4, 8, 44}, {2, 8, 2222}, {6, 8, 2222}, {1, 8, 11111111}, {7, 8, 11111111},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_pieces(&memory_ops, cases[i].at, cases[i].width, cases[i].widths);
    struct memory m = {.device = {"memory", gpa(0), 32, &memory_ops, LEDGER_MMIO_OTHER}};
    uint64_t value = 0x5a5a;
    assert_int_equal(guest_try(&m.device, 22, 4, false, &value), ERR_INVALID);
    assert_int_equal(value, 0x5a5a);
    assert_int_equal(m.widths, 22); /* the second one was refused */
}

static void wide_accesses_come_in_pieces(void **state)
{
    expect_pieces(&narrow_ops, 0, 8, 44);
    expect_pieces(&narrow_ops, 8, 4, 4);
    expect_pieces(&narrow_ops, 4, 8, 44);
    expect_pieces(&narrow_ops, 2, 8, 2222);
}

static void refuses_bad_devices(void **state)
{
    struct mmio_bus bus = {0};
    struct probe a = probe_at(0x1000, 0x1000);
    struct probe empty = probe_at(0x9000, 0), beyond = probe_at(UINT64_MAX - 0xf, 0x14);
    struct probe odd_base = probe_at(0x9002, 4), odd_size = probe_at(0x9000, 6);
    struct probe low = probe_at(0x800, 0x804), high = probe_at(0x1ffc, 4);
    struct probe around = probe_at(0, 0x10000), inside = probe_at(0x1800, 4);
    struct probe top = probe_at(UINT64_MAX - 0xf, 0x10), below = probe_at(0x800, 0x800);
    assert_int_equal(bus_add(&bus, &a.device), OK);
    assert_int_equal(bus_add(&bus, &empty.device), ERR_INVALID);
    assert_int_equal(bus_add(&bus, &beyond.device), ERR_INVALID);
    assert_int_equal(bus_add(&bus, &odd_base.device), ERR_INVALID);
    assert_int_equal(bus_add(&bus, &odd_size.device), ERR_INVALID);
    assert_int_equal(bus_add(&bus, &low.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &high.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &around.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &inside.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &a.device), ERR_EXISTS);
    assert_int_equal(bus_add(&bus, &top.device), OK);
    assert_int_equal(bus_add(&bus, &below.device), OK);
    assert_int_equal(bus.count, 3);
}

static void assert_gap(const struct mmio_bus *bus, uint64_t at, uint64_t base, uint64_t end)
{
    const struct mmio_gap gap = bus_gap(bus, gpa(at));
    assert_int_equal(gap.base, base);
    assert_int_equal(gap.size, end - base);
}

static void knows_where_nothing_is(void **state)
{
    struct mmio_bus bus = {0};
    struct probe high = probe_at(0x5000, 0x1000), low = probe_at(0x1000, 0x800);
    assert_gap(&bus, 0x1234, 0, UINT64_MAX);
    assert_int_equal(bus_add(&bus, &high.device), OK);
    assert_int_equal(bus_add(&bus, &low.device), OK);
    assert_gap(&bus, 0, 0, 0x1000);
    assert_gap(&bus, 0xfff, 0, 0x1000);
    assert_gap(&bus, 0x1800, 0x1800, 0x5000);
    assert_gap(&bus, 0x4fff, 0x1800, 0x5000);
    assert_gap(&bus, 0x6000, 0x6000, UINT64_MAX);
    assert_int_equal(bus_gap(&bus, gpa(0x1000)).size, 0);
    assert_int_equal(bus_gap(&bus, gpa(0x5fff)).size, 0);
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
    struct probe a = probe_at(0, 4), b = probe_at(4, 4), stateless = probe_at(8, 4);
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
        cmocka_unit_test(passes_refusals),
        cmocka_unit_test(misaligned_accesses_come_in_pieces),
        cmocka_unit_test(wide_accesses_come_in_pieces),
        cmocka_unit_test(refuses_bad_devices),
        cmocka_unit_test(knows_where_nothing_is),
        cmocka_unit_test(full_bus),
        cmocka_unit_test(resets_all),
    };
    return cmocka_run_group_tests_name("axdevice bus", tests, NULL, NULL);
}
