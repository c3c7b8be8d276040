/* A list of devices that do not overlap, searched in the order of their adding: put the busy first.
 */
#include <axdevice/bus.h>
#include <lib/bits.h>

static bool overlaps(const struct mmio_device *a, const struct mmio_device *b)
{
    return a->base.a <= b->base.a + (b->size - 1) && b->base.a <= a->base.a + (a->size - 1);
}

enum err bus_add(struct mmio_bus *bus, struct mmio_device *device)
{
    if (device->size == 0 || device->base.a + (device->size - 1) < device->base.a)
        return ERR_INVALID;
    for (uint32_t i = 0; i < bus->count; i++)
        if (overlaps(bus->devices[i], device))
            return ERR_EXISTS;
    if (bus->count == MMIO_BUS_MAX)
        return ERR_NO_MEMORY;
    bus->devices[bus->count++] = device;
    return OK;
}

struct mmio_device *bus_find(const struct mmio_bus *bus, gpa_t at, unsigned width)
{
    for (uint32_t i = 0; i < bus->count; i++) {
        struct mmio_device *device = bus->devices[i];
        if (range_inside(at.a, width, device->base.a, device->size))
            return device;
    }
    return NULL;
}

enum err device_access(struct mmio_device *device, gpa_t at, unsigned width, bool write,
                       uint64_t *value)
{
    if (width != 1 && width != 2 && width != 4 && width != 8)
        return ERR_INVALID;
    uint64_t offset = at.a - device->base.a;
    if (write)
        return device->ops->write(device, offset, width, *value & MASK(8 * width - 1, 0));
    return device->ops->read(device, offset, width, value);
}

void bus_reset(const struct mmio_bus *bus)
{
    for (uint32_t i = 0; i < bus->count; i++) {
        struct mmio_device *device = bus->devices[i];
        if (device->ops->reset != NULL)
            device->ops->reset(device);
    }
}
