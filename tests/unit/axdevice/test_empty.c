/* Places with nothing in them, and the host bridge: what QEMU 10's virt machine answers there. */
#include "guest.h"
#include <axdevice/empty.h>
#include <axdevice/host_bridge.h>

static void windows(void **state)
{
    struct mmio_device window;
    empty_window_init(&window, "window", gpa(0x400000000), UINT64_C(0x400000000));
    for (unsigned width = 1; width <= 8; width *= 2) {
        assert_int_equal(guest_read(&window, 0, width), UINT64_MAX >> (64 - 8 * width));
        guest_write(&window, 0x3fffffff8, width, 0);
    }
    assert_int_equal(guest_read(&window, 1, 8), UINT64_MAX);
}

static void rom(void **state)
{
    struct mmio_device rom;
    empty_rom_init(&rom, "rom", gpa(0x1000), 0xf000);
    guest_write(&rom, 0, 8, UINT64_MAX);
    assert_int_equal(guest_read(&rom, 0, 8), 0);
    assert_int_equal(guest_read(&rom, 0xeffd, 2), 0);
}

static void virtio(void **state)
{
    struct mmio_device slot;
    empty_virtio_init(&slot, gpa(0x10001000));
    assert_int_equal(guest_read(&slot, 0, 4), 0x74726976);
    assert_int_equal(guest_read(&slot, 0, 2), 0x6976);
    assert_int_equal(guest_read(&slot, 1, 1), 0);
    assert_int_equal(guest_read(&slot, 0, 8), UINT64_C(0x174726976));
    assert_int_equal(guest_read(&slot, 8, 8), UINT64_C(0x554d455100000000));
    assert_int_equal(guest_read(&slot, 3, 2), 0x100);
    guest_write(&slot, 0x70, 4, 1); /* status */
    for (uint64_t at = 0x10; at < VIRTIO_SLOT_SIZE; at += 4)
        assert_int_equal(guest_read(&slot, at, 4), 0);
}

static void bridge(void **state)
{
    static struct host_bridge bridge;
    host_bridge_reset(&bridge);
    assert_int_equal(host_bridge_read(&bridge, 0, 4), 0x00081b36);
    assert_int_equal(host_bridge_read(&bridge, 8, 4), 0x06000000);
    assert_int_equal(host_bridge_read(&bridge, 0x2c, 4), 0x11001af4);
    assert_int_equal(host_bridge_read(&bridge, 0x2f, 1), 0x11);
    host_bridge_write(&bridge, 0, 4, 0);
    host_bridge_write(&bridge, 0x10, 4, UINT32_MAX); /* how a size is asked for: no registers */
    host_bridge_write(&bridge, 4, 4, UINT32_MAX);
    host_bridge_write(&bridge, 0x0c, 4, UINT32_MAX);
    host_bridge_write(&bridge, 0x3c, 4, UINT32_MAX);
    host_bridge_write(&bridge, 0x40, 2, 0x1234);
    assert_int_equal(host_bridge_read(&bridge, 0, 4), 0x00081b36);
    assert_int_equal(host_bridge_read(&bridge, 0x10, 4), 0);
    assert_int_equal(host_bridge_read(&bridge, 4, 4), 0x0507);
    assert_int_equal(host_bridge_read(&bridge, 0x0c, 4), 0xff);
    assert_int_equal(host_bridge_read(&bridge, 0x3c, 4), 0xff);
    assert_int_equal(host_bridge_read(&bridge, 0x40, 4), 0x1234);
    assert_int_equal(host_bridge_read(&bridge, 0x100, 2), 0xffff);
    host_bridge_write(&bridge, 0x100, 4, 0);
    host_bridge_reset(&bridge);
    assert_int_equal(host_bridge_read(&bridge, 4, 4), 0);
    assert_int_equal(host_bridge_read(&bridge, 0x40, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows),
        cmocka_unit_test(rom),
        cmocka_unit_test(virtio),
        cmocka_unit_test(bridge),
    };
    return cmocka_run_group_tests_name("axdevice empty", tests, NULL, NULL);
}
