/* A guest's accesses to a bus with one device, of which the test knows that they succeed or not. */
#pragma once
#include <axdevice/bus.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline enum err bus_access(struct mmio_bus *bus, gpa_t at, unsigned width, bool write,
                                  uint64_t *value)
{
    struct mmio_device *device = bus_find(bus, at, width);
    return device != NULL ? device_access(device, at, width, write, value) : ERR_NOT_FOUND;
}

static inline enum err guest_try(struct mmio_device *device, uint64_t offset, unsigned width,
                                 bool write, uint64_t *value)
{
    struct mmio_bus bus = {0};
    assert_int_equal(bus_add(&bus, device), OK);
    return bus_access(&bus, gpa(device->base.a + offset), width, write, value);
}

static inline uint64_t guest_read(struct mmio_device *device, uint64_t offset, unsigned width)
{
    uint64_t value = UINT64_MAX;
    assert_int_equal(guest_try(device, offset, width, false, &value), OK);
    return value;
}

static inline void guest_write(struct mmio_device *device, uint64_t offset, unsigned width,
                               uint64_t value)
{
    assert_int_equal(guest_try(device, offset, width, true, &value), OK);
}

/* Both a read and a write are refused, and the read's value is untouched. */
static inline void guest_refused(struct mmio_device *device, uint64_t offset, unsigned width)
{
    uint64_t value = 0x5a5a;
    assert_int_equal(guest_try(device, offset, width, false, &value), ERR_INVALID);
    assert_int_equal(value, 0x5a5a);
    assert_int_equal(guest_try(device, offset, width, true, &value), ERR_INVALID);
}
