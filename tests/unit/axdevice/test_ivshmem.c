/* ivshmem v2: registers, events and when they are lost, state, configuration space, the bridge. */
#include "guest.h"
#include <axdevice/ivshmem_bridge.h>
#include <string.h>

#define PEERS 3
#define ECAM UINT64_C(0x11000000)
#define WINDOW UINT64_C(0x11100000)
#define MEMORY UINT64_C(0x12000000)
#define SIZE UINT64_C(0x100000)

enum { ID = 0x00, MAXIMUM_PEERS = 0x04, CONTROL = 0x08, DOORBELL = 0x0c, STATE = 0x10 };

static uint32_t states[PEERS];
static struct ivshmem_link link;
static struct ivshmem_bridge bridge; /* peer 1's VM */

/* A line of each peer: its level, and how often it was set. */
static struct {
    bool level;
    uint32_t calls;
} lines[PEERS];

static uint64_t set_line(void *context, uint32_t source, bool level)
{
    assert_ptr_equal(context, lines);
    lines[source].level = level;
    lines[source].calls++;
    return 0;
}

static void connect(uint32_t i)
{
    ivshmem_connect(&link.peers[i],
                    (struct ivshmem_place){gpa(WINDOW), gpa(MEMORY + (uint64_t)i * SIZE), SIZE},
                    (struct irq_line){.set = set_line, .context = lines, .source = i});
}

static int setup(void **state)
{
    memset(states, 0, sizeof(states));
    memset(lines, 0, sizeof(lines));
    assert_int_equal(ivshmem_init(&link, PEERS, states), OK);
    for (uint32_t i = 0; i < PEERS; i++)
        connect(i);
    ivshmem_bridge_init(&bridge, gpa(ECAM), gpa(WINDOW));
    assert_int_equal(ivshmem_bridge_add(&bridge, &link.peers[1]), OK);
    return 0;
}

static void write_register(uint32_t peer, uint64_t offset, uint32_t value)
{
    ivshmem_write(&link.peers[peer], offset, value);
}

static uint32_t read_register(uint32_t peer, uint64_t offset)
{
    return ivshmem_read(&link.peers[peer], offset);
}

static void ring(uint32_t from, uint32_t to)
{
    write_register(from, DOORBELL, to << 16);
}

static void a_link_has_2_to_64_peers(void **state)
{
    static struct ivshmem_link other;
    assert_int_equal(ivshmem_init(&other, 1, states), ERR_INVALID);
    assert_int_equal(ivshmem_init(&other, 65, states), ERR_INVALID);
    assert_int_equal(ivshmem_init(&other, 2, states), OK);
    assert_int_equal(ivshmem_init(&other, 64, states), OK);
}

static void says_what_it_is(void **state)
{
    for (uint32_t i = 0; i < PEERS; i++) {
        assert_int_equal(read_register(i, ID), i);
        assert_int_equal(read_register(i, MAXIMUM_PEERS), PEERS);
        assert_int_equal(read_register(i, CONTROL), 0);
        assert_int_equal(read_register(i, DOORBELL), 0);
        assert_int_equal(read_register(i, STATE), 0);
        assert_int_equal(read_register(i, 0x14), 0);
        assert_int_equal(read_register(i, 0xffc), 0);
        assert_int_equal(lines[i].calls, 0);
    }
}

static void writes_to_what_is_no_register_are_ignored(void **state)
{
    static const uint64_t offsets[] = {ID, MAXIMUM_PEERS, 0x14, 0x18, 0xffc};
    struct ivshmem_peer before = link.peers[1];
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
        write_register(1, offsets[i], UINT32_MAX);
    assert_memory_equal(&before, &link.peers[1], sizeof(before));
}

static void a_doorbell_raises_the_line_until_it_is_taken_back(void **state)
{
    write_register(2, CONTROL, UINT32_MAX);
    assert_int_equal(read_register(2, CONTROL), 1);
    ring(0, 2);
    assert_true(lines[2].level);
    assert_int_equal(read_register(2, CONTROL), 1);
    write_register(2, CONTROL, 1);
    assert_false(lines[2].level);
    ring(1, 2);
    assert_true(lines[2].level);
    write_register(2, CONTROL, 0);
    assert_false(lines[2].level);
    assert_int_equal(lines[0].calls + lines[1].calls, 0);
}

static void a_storm_is_one_interrupt(void **state)
{
    write_register(2, CONTROL, 1);
    for (int i = 0; i < 1000; i++)
        ring(i % 2 ? 0 : 1, 2);
    assert_int_equal(lines[2].calls, 1);
}

static void one_that_is_not_enabled_is_lost(void **state)
{
    ring(0, 2);
    write_register(2, CONTROL, 1);
    assert_int_equal(lines[2].calls, 0);
}

static void a_peer_can_ring_its_own(void **state)
{
    write_register(0, CONTROL, 1);
    ring(0, 0);
    assert_true(lines[0].level);
}

static void wrong_doorbells_do_nothing(void **state)
{
    static const uint32_t values[] = {3u << 16, 0xffffu << 16, 2u << 16 | 1, 2u << 16 | 0xffff};
    for (uint32_t i = 0; i < PEERS; i++)
        write_register(i, CONTROL, 1);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        write_register(0, DOORBELL, values[i]);
    for (uint32_t i = 0; i < PEERS; i++)
        assert_int_equal(lines[i].calls, 0);
}

static void a_state_goes_to_the_table_and_to_the_others(void **state)
{
    for (uint32_t i = 0; i < PEERS; i++)
        write_register(i, CONTROL, 1);
    write_register(1, STATE, 7);
    assert_int_equal(states[1], 7);
    assert_int_equal(read_register(1, STATE), 7);
    assert_true(lines[0].level && lines[2].level);
    assert_int_equal(lines[1].calls, 0);
    write_register(0, CONTROL, 1);
    write_register(1, STATE, 7); /* no other value: no event */
    assert_false(lines[0].level);
}

static void a_reset_takes_all_back_and_is_told(void **state)
{
    write_register(0, CONTROL, 1);
    write_register(1, CONTROL, 1);
    write_register(1, STATE, 7);
    write_register(0, CONTROL, 1);
    ring(0, 1);
    ivshmem_reset(&link.peers[1]);
    assert_int_equal(states[1], 0);
    assert_true(lines[0].level);
    assert_false(lines[1].level);
    assert_int_equal(read_register(1, CONTROL), 0);
    write_register(0, CONTROL, 1);
    ivshmem_reset(&link.peers[1]); /* it was 0: no event */
    assert_false(lines[0].level);
    uint32_t calls = lines[1].calls;
    ring(0, 1);
    write_register(0, STATE, 1);
    assert_int_equal(lines[1].calls, calls);
}

/* The function of peer 1 is device 1 of the bridge. */
static uint64_t config(uint64_t offset)
{
    return (1 << 15) + offset;
}

static uint32_t read_config(uint64_t offset, unsigned width)
{
    return (uint32_t)guest_read(&bridge.ecam, config(offset), width);
}

static void write_config(uint64_t offset, unsigned width, uint32_t value)
{
    guest_write(&bridge.ecam, config(offset), width, value);
}

static void one_shot_mode_disables_after_each(void **state)
{
    write_config(0x43, 1, 0xff);
    assert_int_equal(read_config(0x43, 1), 1);
    write_register(1, CONTROL, 1);
    ring(0, 1);
    assert_true(lines[1].level);
    assert_int_equal(read_register(1, CONTROL), 0);
    ring(0, 1);
    write_register(1, CONTROL, 1);
    assert_false(lines[1].level);
    ring(0, 1);
    assert_true(lines[1].level);
    write_config(0x43, 1, 0);
    write_register(1, CONTROL, 1);
    ring(0, 1);
    assert_int_equal(read_register(1, CONTROL), 1);
}

/* As uio_pci_generic's handler does: status, then INTx off; its user then clears and unmasks. */
static void intx_can_be_masked(void **state)
{
    write_register(1, CONTROL, 1);
    assert_int_equal(read_config(6, 2), 0x0010);
    ring(0, 1);
    assert_int_equal(read_config(6, 2), 0x0018);
    write_config(4, 2, 0x0402);
    assert_false(lines[1].level);
    assert_int_equal(read_config(6, 2), 0x0018);
    ring(0, 1);
    assert_false(lines[1].level);
    write_config(4, 2, 0x0002);
    assert_true(lines[1].level); /* it was not taken back */
    write_config(5, 1, 0x04);
    write_register(1, CONTROL, 1);
    assert_int_equal(read_config(6, 2), 0x0010);
    write_config(5, 1, 0);
    assert_false(lines[1].level);
}

static void configuration_space_is_as_specified(void **state)
{
    static const struct {
        uint64_t offset;
        unsigned width;
        uint32_t value;
    } cases[] = {
        {0x00, 2, 0x110a},
        {0x02, 2, 0x4106},
        {0x04, 2, 0x0002},
        {0x08, 1, 0},
        {0x09, 1, 0},
        {0x0a, 1, 0},
        {0x0b, 1, 0xff},
        {0x0e, 1, 0},
        {0x10, 4, WINDOW},
        {0x14, 4, 0},
        {0x18, 4, 0},
        {0x1c, 4, 0},
        {0x2c, 4, 0x4106110a},
        {0x30, 4, 0},
        {0x34, 1, 0x40},
        {0x3c, 2, 0x0100},
        {0x40, 4, 0x00200009},
        {0x44, 4, 0x1000},
        {0x48, 4, SIZE - 0x1000},
        {0x4c, 4, 0},
        {0x50, 4, 0},
        {0x54, 4, 0},
        {0x58, 4, MEMORY + SIZE},
        {0x5c, 4, 0},
        {0x60, 4, 0},
        {0x100, 4, 0},
        {0xffc, 4, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_config(cases[i].offset, cases[i].width), cases[i].value);
        if (cases[i].offset == 0x04 || cases[i].offset == 0x10 || cases[i].offset == 0x40)
            continue;
        write_config(cases[i].offset, cases[i].width, UINT32_MAX);
        assert_int_equal(read_config(cases[i].offset, cases[i].width), cases[i].value);
    }
    write_config(0x04, 4, UINT32_MAX); /* memory, bus master, INTx; no status */
    assert_int_equal(read_config(0x04, 4), 0x00100406);
}

static void functions_that_are_not_there_read_as_ones(void **state)
{
    static const uint64_t holes[] = {0, 1 << 12, (1 << 15) + (1 << 12), 2 << 15, 31 << 15};
    for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
        assert_int_equal(guest_read(&bridge.ecam, holes[i], 4), UINT32_MAX);
        assert_int_equal(guest_read(&bridge.ecam, holes[i] + 3, 1), 0xff);
        guest_write(&bridge.ecam, holes[i] + 0x10, 4, 0);
    }
    guest_refused(&bridge.ecam, config(0), 8);
    guest_refused(&bridge.ecam, config(1), 4);
    guest_refused(&bridge.ecam, config(1), 2);
}

static void the_registers_are_where_bar_0_is(void **state)
{
    assert_int_equal(guest_read(&bridge.window, ID, 4), 1);
    write_config(0x10, 4, UINT32_MAX); /* how its size is found */
    assert_int_equal(read_config(0x10, 4), 0xfffff000);
    guest_refused(&bridge.window, ID, 4);
    write_config(0x10, 4, (uint32_t)WINDOW + 0x3000);
    guest_refused(&bridge.window, ID, 4);
    assert_int_equal(guest_read(&bridge.window, 0x3000 + MAXIMUM_PEERS, 4), PEERS);
    guest_write(&bridge.window, 0x3000 + STATE, 4, 5);
    assert_int_equal(states[1], 5);
    write_config(0x04, 2, 0); /* memory space off */
    guest_refused(&bridge.window, 0x3000, 4);
    bridge.ecam.ops->reset(&bridge.ecam);
    assert_int_equal(guest_read(&bridge.window, ID, 4), 1);
    assert_int_equal(states[1], 0);
}

static void the_registers_have_32_bits(void **state)
{
    static const uint64_t offsets[] = {ID, CONTROL, DOORBELL, STATE, 0x14};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        guest_refused(&bridge.window, offsets[i], 1);
        guest_refused(&bridge.window, offsets[i], 2);
        guest_refused(&bridge.window, offsets[i], 8);
        guest_refused(&bridge.window, offsets[i] + 2, 4);
    }
    assert_int_equal(states[1], 0);
}

static void a_bridge_has_8_devices(void **state)
{
    for (uint32_t i = 1; i < IVSHMEM_BRIDGE_DEVICES; i++)
        assert_int_equal(ivshmem_bridge_add(&bridge, &link.peers[0]), OK);
    assert_int_equal(ivshmem_bridge_add(&bridge, &link.peers[0]), ERR_NO_MEMORY);
    assert_int_equal(guest_read(&bridge.ecam, UINT64_C(8) << 15, 2), 0x110a);
    assert_int_equal(guest_read(&bridge.ecam, UINT64_C(9) << 15, 2), 0xffff);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_link_has_2_to_64_peers),
        TEST(says_what_it_is),
        TEST(writes_to_what_is_no_register_are_ignored),
        TEST(a_doorbell_raises_the_line_until_it_is_taken_back),
        TEST(a_storm_is_one_interrupt),
        TEST(one_that_is_not_enabled_is_lost),
        TEST(a_peer_can_ring_its_own),
        TEST(wrong_doorbells_do_nothing),
        TEST(a_state_goes_to_the_table_and_to_the_others),
        TEST(a_reset_takes_all_back_and_is_told),
        TEST(one_shot_mode_disables_after_each),
        TEST(intx_can_be_masked),
        TEST(configuration_space_is_as_specified),
        TEST(functions_that_are_not_there_read_as_ones),
        TEST(the_registers_are_where_bar_0_is),
        TEST(the_registers_have_32_bits),
        TEST(a_bridge_has_8_devices),
    };
    return cmocka_run_group_tests_name("axdevice ivshmem", tests, NULL, NULL);
}
