/*
 * The MMIO bus of a guest machine: finds the device that an access belongs to. Devices are added
 * before the machine runs and stay; the bus then takes no lock, each device has its own.
 */
#pragma once
#include <axtrace/column.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

struct mmio_device;

/*
 * What a device does. Any vCPU's hart calls, several at a time. `offset` is from the device's base
 * and the whole access lies inside it; `width` is 1, 2, 4 or 8 bytes, and the address a multiple of
 * it. read gives a value of that width, zero-extended; write gets one. ERR_INVALID: the device has
 * no register of this width there; it has then done nothing.
 */
struct mmio_ops {
    enum err (*read)(struct mmio_device *device, uint64_t offset, unsigned width, uint64_t *value);
    enum err (*write)(struct mmio_device *device, uint64_t offset, unsigned width, uint64_t value);
    void (*reset)(struct mmio_device *device); /* to power-on, lines low; NULL: it has no state */
    unsigned widest;   /* 4: one of 8 bytes arrives as two; 0: it does not */
    bool aligned_only; /* no access arrives in parts: it is refused */
};

struct mmio_device {
    const char *name;
    gpa_t base;
    uint64_t size; /* bytes */
    const struct mmio_ops *ops;
    enum ledger_column column; /* where the time of its accesses is booked */
};

#define MMIO_BUS_MAX 32

struct mmio_bus {
    uint32_t count;
    struct mmio_device *devices[MMIO_BUS_MAX]; /* in the order of bus_add(); not owned */
    struct mmio_device *sorted[MMIO_BUS_MAX];  /* by their base */
    uint64_t bases[MMIO_BUS_MAX];              /* sorted[i]->base */
};

/* Addresses of no device: the first, and how many follow it. */
struct mmio_gap {
    uint64_t base, size;
};

/* All `width` bytes at `at` are the device's. */
static inline bool device_has(const struct mmio_device *device, gpa_t at, unsigned width)
{
    uint64_t offset = at.a - device->base.a;
    return offset < device->size && width <= device->size - offset;
}

/* An aligned access of up to 4 bytes whose first byte is the device's is wholly so: device_access()
 * would only call the device. */
static inline bool access_is_simple(gpa_t at, uint64_t log_width)
{
    return log_width < 3 && (at.a & ((UINT64_C(1) << log_width) - 1)) == 0;
}
static inline bool device_has_byte(const struct mmio_device *device, gpa_t at)
{
    return at.a - device->base.a < device->size;
}

/*
 * Adds a device, which must outlive the bus. ERR_INVALID: its size is 0, it ends beyond 2^64, base
 * or size are no multiples of 4, or it takes only less than 4 bytes; ERR_EXISTS: it overlaps one
 * that is there; ERR_NO_MEMORY: the bus is full.
 */
enum err bus_add(struct mmio_bus *bus, struct mmio_device *device);

/* The device that has all `width` bytes at `at`; NULL: none has. */
struct mmio_device *bus_find(const struct mmio_bus *bus, gpa_t at, unsigned width);

/* The gap that `at` is in; with size 0 if a device has the byte. */
struct mmio_gap bus_gap(const struct mmio_bus *bus, gpa_t at);

/*
 * One access of a guest, of 1, 2, 4 or 8 bytes, to the device that bus_find gave for it. A
 * misaligned one reaches most devices as on QEMU's machine: as aligned accesses from the lowest
 * address up, whose width divides both their address and what is left. ERR_INVALID: the device
 * refuses one of them; those before it are done. Like having found no device that is an access
 * fault for the guest. On an error of a read *value is as it was.
 */
enum err device_access(struct mmio_device *device, gpa_t at, unsigned width, bool write,
                       uint64_t *value);

/* Resets every device, in the order of their adding. No vCPU runs. */
void bus_reset(const struct mmio_bus *bus);
