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

static enum err access_aligned(struct mmio_device *device, uint64_t offset, unsigned width,
                               bool write, uint64_t *value)
{
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
