/* See ivshmem_bridge.h. The peers have their locks; the bridge changes only before the VM runs. */
#include <axdevice/ivshmem_bridge.h>
#include <lib/bits.h>

/* An address in ECAM: bus (here always 0), device, function, register. */
#define ECAM_FUNCTION MASK(19, 12)
#define ECAM_REGISTER MASK(11, 0)
#define FUNCTIONS_PER_DEVICE 8

static struct ivshmem_peer *peer_of_function(const struct ivshmem_bridge *bridge, uint64_t offset)
{
    uint32_t function = (uint32_t)FIELD_GET(ECAM_FUNCTION, offset);
    uint32_t i = function / FUNCTIONS_PER_DEVICE - IVSHMEM_BRIDGE_FIRST; /* below it: very large */
    return function % FUNCTIONS_PER_DEVICE == 0 && i < bridge->count ? bridge->peers[i] : NULL;
}

static unsigned bit_offset(uint64_t offset)
{
    return 8 * (unsigned)(offset % 4);
}

/* A function that is not there reads as ones (PCI Express 5.0 §2.3.2). */
static enum err ecam_read(struct mmio_device *device, uint64_t offset, unsigned width,
                          uint64_t *value)
{
    const struct ivshmem_bridge *bridge = container_of(device, struct ivshmem_bridge, ecam);
    struct ivshmem_peer *peer = peer_of_function(bridge, offset);
    uint32_t word = UINT32_MAX;
    if (peer != NULL)
        word = ivshmem_config_read(peer, (uint32_t)align_down(offset & ECAM_REGISTER, 4));
    *value = word >> bit_offset(offset) & MASK(8 * width - 1, 0);
    return OK;
}

static enum err ecam_write(struct mmio_device *device, uint64_t offset, unsigned width,
                           uint64_t value)
{
    const struct ivshmem_bridge *bridge = container_of(device, struct ivshmem_bridge, ecam);
    struct ivshmem_peer *peer = peer_of_function(bridge, offset);
    if (peer != NULL)
        ivshmem_config_write(peer, (uint32_t)align_down(offset & ECAM_REGISTER, 4),
                             (uint32_t)(value << bit_offset(offset)),
                             (uint32_t)(MASK(8 * width - 1, 0) << bit_offset(offset)));
    return OK;
}

static void ecam_reset(struct mmio_device *device)
{
    const struct ivshmem_bridge *bridge = container_of(device, struct ivshmem_bridge, ecam);
    for (uint32_t i = 0; i < bridge->count; i++)
        ivshmem_reset(bridge->peers[i]);
}

/* The peer whose BAR 0 is there; NULL: none, or no access for its registers. */
static struct ivshmem_peer *peer_at(const struct ivshmem_bridge *bridge, uint64_t offset,
                                    unsigned width)
{
    uint64_t page = align_down(bridge->window.base.a + offset, IVSHMEM_REGISTERS);
    if (width != 4)
        return NULL;
    for (uint32_t i = 0; i < bridge->count; i++)
        if (atomic_load_explicit(&bridge->peers[i]->decoded, memory_order_relaxed) == page)
            return bridge->peers[i];
    return NULL;
}

static enum err window_read(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    const struct ivshmem_bridge *bridge = container_of(device, struct ivshmem_bridge, window);
    struct ivshmem_peer *peer = peer_at(bridge, offset, width);
    if (peer == NULL)
        return ERR_INVALID;
    *value = ivshmem_read(peer, offset % IVSHMEM_REGISTERS);
    return OK;
}

static enum err window_write(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t value)
{
    const struct ivshmem_bridge *bridge = container_of(device, struct ivshmem_bridge, window);
    struct ivshmem_peer *peer = peer_at(bridge, offset, width);
    if (peer == NULL)
        return ERR_INVALID;
    ivshmem_write(peer, offset % IVSHMEM_REGISTERS, (uint32_t)value);
    return OK;
}

static const struct mmio_ops ecam_ops = {
    .read = ecam_read, .write = ecam_write, .reset = ecam_reset, .widest = 4, .aligned_only = true};
static const struct mmio_ops window_ops = {
    .read = window_read, .write = window_write, .widest = 4, .aligned_only = true};

void ivshmem_bridge_init(struct ivshmem_bridge *bridge, gpa_t ecam, gpa_t window)
{
    *bridge = (struct ivshmem_bridge){
        .ecam = {"ivshmem ecam", ecam, IVSHMEM_ECAM_SIZE, &ecam_ops, LEDGER_MMIO_IVSHMEM},
        .window = {"ivshmem", window, IVSHMEM_WINDOW_SIZE, &window_ops, LEDGER_MMIO_IVSHMEM},
    };
}

enum err ivshmem_bridge_add(struct ivshmem_bridge *bridge, struct ivshmem_peer *peer)
{
    if (bridge->count == IVSHMEM_BRIDGE_DEVICES)
        return ERR_NO_MEMORY;
    bridge->peers[bridge->count++] = peer;
    return OK;
}
