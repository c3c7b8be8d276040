/* See empty.h. None of them has state. */
#include <axdevice/empty.h>
#include <lib/assert.h>
#include <lib/bits.h>

enum { VIRTIO_MAGIC = 0x00, VIRTIO_VERSION = 0x04, VIRTIO_VENDOR = 0x0c };

static enum err read_ones(struct mmio_device *device, uint64_t offset, unsigned width,
                          uint64_t *value)
{
    (void)device, (void)offset;
    *value = MASK(8 * width - 1, 0);
    return OK;
}

static enum err read_zero(struct mmio_device *device, uint64_t offset, unsigned width,
                          uint64_t *value)
{
    (void)device, (void)offset, (void)width;
    *value = 0;
    return OK;
}

/* Device id 0 says that there is none; only these others are not 0 then. */
static enum err read_virtio(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    (void)device;
    uint64_t word = 0;
    if (offset == VIRTIO_MAGIC)
        word = UINT32_C(0x74726976); /* "virt" */
    else if (offset == VIRTIO_VERSION)
        word = 1;
    else if (offset == VIRTIO_VENDOR)
        word = UINT32_C(0x554d4551); /* "QEMU" */
    *value = word & MASK(8 * width - 1, 0);
    return OK;
}

static enum err write_nothing(struct mmio_device *device, uint64_t offset, unsigned width,
                              uint64_t value)
{
    (void)device, (void)offset, (void)width, (void)value;
    return OK;
}

void empty_window_init(struct mmio_device *device, const char *name, gpa_t base, uint64_t size)
{
    ASSERT(name != NULL && size != 0);
    static const struct mmio_ops ops = {.read = read_ones, .write = write_nothing};
    *device = (struct mmio_device){name, base, size, &ops, LEDGER_MMIO_OTHER};
}

void empty_rom_init(struct mmio_device *device, const char *name, gpa_t base, uint64_t size)
{
    static const struct mmio_ops ops = {.read = read_zero, .write = write_nothing};
    *device = (struct mmio_device){name, base, size, &ops, LEDGER_MMIO_OTHER};
}

void empty_virtio_init(struct mmio_device *device, gpa_t base)
{
    static const struct mmio_ops ops = {.read = read_virtio, .write = write_nothing, .widest = 4};
    *device = (struct mmio_device){"virtio", base, VIRTIO_SLOT_SIZE, &ops, LEDGER_MMIO_OTHER};
}
