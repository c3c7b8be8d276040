/* Devices that do not overlap, found by a search of their bases. */
#include <axdevice/bus.h>
#include <lib/assert.h>
#include <lib/bits.h>

static bool overlaps(const struct mmio_device *a, const struct mmio_device *b)
{
    return a->base.a <= b->base.a + (b->size - 1) && b->base.a <= a->base.a + (a->size - 1);
}

/* Devices do not overlap, so their ends are in the order of their bases. */
static void insert(struct mmio_bus *bus, struct mmio_device *device)
{
    ASSERT(bus->count < MMIO_BUS_MAX);
    uint32_t at = bus->count;
    for (; at > 0 && bus->bases[at - 1] > device->base.a; at--) {
        bus->sorted[at] = bus->sorted[at - 1];
        bus->bases[at] = bus->bases[at - 1];
    }
    bus->sorted[at] = device;
    bus->bases[at] = device->base.a;
}

enum err bus_add(struct mmio_bus *bus, struct mmio_device *device)
{
    ASSERT(device->ops != NULL && device->ops->read != NULL && device->ops->write != NULL);
    unsigned widest = device->ops->widest;
    if (device->size == 0 || device->base.a + (device->size - 1) < device->base.a ||
        !is_aligned(device->base.a | device->size, 4) || (widest != 0 && widest < 4))
        return ERR_INVALID;
    for (uint32_t i = 0; i < bus->count; i++)
        if (overlaps(bus->devices[i], device))
            return ERR_EXISTS;
    if (bus->count == MMIO_BUS_MAX)
        return ERR_NO_MEMORY;
    bus->devices[bus->count] = device;
    insert(bus, device);
    bus->count++;
    return OK;
}

/* The index of the last base that is not above `at`, if there is one; there are devices. */
static uint64_t search(const struct mmio_bus *bus, uint64_t at)
{
    DEBUG_ASSERT(bus->count > 0 && bus->count <= MMIO_BUS_MAX);
    uint64_t first = 0;
    for (uint64_t count = bus->count; count > 1;) {
        uint64_t half = count / 2;
        if (bus->bases[first + half] <= at)
            first += half;
        count -= half;
    }
    return first;
}

struct mmio_device *bus_find(const struct mmio_bus *bus, gpa_t at, unsigned width)
{
    if (bus->count == 0)
        return NULL;
    struct mmio_device *device = bus->sorted[search(bus, at.a)];
    return device_has(device, at, width) ? device : NULL;
}

struct mmio_gap bus_gap(const struct mmio_bus *bus, gpa_t at)
{
    if (bus->count == 0)
        return (struct mmio_gap){0, UINT64_MAX};
    const uint64_t i = search(bus, at.a);
    if (at.a < bus->bases[i])
        return (struct mmio_gap){0, bus->bases[i]};
    const uint64_t end = bus->bases[i] + bus->sorted[i]->size;
    const uint64_t next = i + 1 < bus->count ? bus->bases[i + 1] : UINT64_MAX;
    return at.a < end ? (struct mmio_gap){0, 0} : (struct mmio_gap){end, next - end};
}

static enum err access_aligned(struct mmio_device *device, uint64_t offset, unsigned width,
                               bool write, uint64_t *value)
{
    DEBUG_ASSERT(offset < device->size && width <= device->size - offset);
    if (write)
        return device->ops->write(device, offset, width, *value & MASK(8 * width - 1, 0));
    return device->ops->read(device, offset, width, value);
}

/* How many of the `left` bytes at `at` the next access has. */
static unsigned next_width(uint64_t at, unsigned left, unsigned widest)
{
    uint64_t width = at | left | widest;
    return (unsigned)(width & -width);
}

static enum err access_in_pieces(struct mmio_device *device, gpa_t at, unsigned width, bool write,
                                 uint64_t *value, unsigned widest)
{
    uint64_t result = 0;
    for (unsigned done = 0, piece; done < width; done += piece) {
        piece = next_width(at.a + done, width - done, widest);
        uint64_t part = *value >> 8 * done;
        enum err err = access_aligned(device, at.a + done - device->base.a, piece, write, &part);
        if (err != OK)
            return err;
        result |= part << 8 * done;
    }
    if (!write)
        *value = result;
    return OK;
}

enum err device_access(struct mmio_device *device, gpa_t at, unsigned width, bool write,
                       uint64_t *value)
{
    DEBUG_ASSERT(width >= 1 && width <= 8 && (width & (width - 1)) == 0);
    unsigned widest = device->ops->widest != 0 ? device->ops->widest : 8;
    if (is_aligned(at.a, width) && width <= widest)
        return access_aligned(device, at.a - device->base.a, width, write, value);
    if (device->ops->aligned_only)
        return ERR_INVALID;
    return access_in_pieces(device, at, width, write, value, widest);
}

void bus_reset(const struct mmio_bus *bus)
{
    for (uint32_t i = 0; i < bus->count; i++) {
        struct mmio_device *device = bus->devices[i];
        if (device->ops->reset != NULL)
            device->ops->reset(device);
    }
}
