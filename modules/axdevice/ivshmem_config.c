/*
 * The PCI configuration space of an ivshmem v2 peer (Configuration Space Registers): a header of
 * type 0 and the vendor-specific capability. The memory is not relocatable, so there is a Base
 * Address and no BAR 2; there is INTx and no MSI-X.
 */
#include "ivshmem.h"
#include <lib/assert.h>
#include <lib/bits.h>

/* Offsets in words of 32 bits. */
enum {
    IDS = 0x00,
    COMMAND_STATUS = 0x04,
    CLASS_REVISION = 0x08,
    BAR0 = 0x10,
    SUBSYSTEM_IDS = 0x2c,
    CAPABILITY_POINTER = 0x34,
    INTERRUPT = 0x3c,
    CAPABILITY = 0x40, /* id, next, length, Privileged Control */
    STATE_TABLE_SIZE = 0x44,
    RW_SECTION_SIZE = 0x48, /* and the output sections after it: there are none */
    BASE_ADDRESS = 0x58,
    BASE_ADDRESS_HIGH = 0x5c,
};

#define VENDOR_DEVICE UINT32_C(0x4106110a)
#define CLASS_UNDEFINED_PROTOCOL UINT32_C(0xff000000)
#define STATUS_INTERRUPT BIT(16 + 3)
#define STATUS_CAPABILITIES BIT(16 + 4)
#define INTERRUPT_PIN_A BIT(8)
#define CAPABILITY_ID UINT32_C(0x09)
#define CAPABILITY_LENGTH UINT32_C(0x20)
#define PRIVILEGED_ONE_SHOT BIT(24)

#define COMMAND_WRITABLE                                                                           \
    (IVSHMEM_COMMAND_MEMORY | IVSHMEM_COMMAND_MASTER | IVSHMEM_COMMAND_INTX_OFF)
#define BAR0_WRITABLE (~(uint32_t)(IVSHMEM_REGISTERS - 1)) /* 32 bits, not prefetchable */

static void update_decoder(struct ivshmem_peer *peer)
{
    spin_debug_assert_held(&peer->lock);
    atomic_store(&peer->decoded, peer->command & IVSHMEM_COMMAND_MEMORY ? peer->bar0 : 0);
}

void ivshmem_config_reset(struct ivshmem_peer *peer)
{
    spin_debug_assert_held(&peer->lock);
    peer->command = IVSHMEM_COMMAND_MEMORY;
    peer->bar0 = (uint32_t)peer->place.registers.a;
    update_decoder(peer);
}

static uint32_t status(const struct ivshmem_peer *peer)
{
    return (uint32_t)(STATUS_CAPABILITIES | (peer->pending ? STATUS_INTERRUPT : 0));
}

static uint32_t capability(const struct ivshmem_peer *peer)
{
    return CAPABILITY_ID | CAPABILITY_LENGTH << 16 |
           (uint32_t)(peer->one_shot ? PRIVILEGED_ONE_SHOT : 0);
}

static uint32_t read_locked(const struct ivshmem_peer *peer, uint32_t offset)
{
    spin_debug_assert_held(&peer->lock);
    switch (offset) {
    case IDS:
    case SUBSYSTEM_IDS:
        return VENDOR_DEVICE;
    case COMMAND_STATUS:
        return peer->command | status(peer);
    case CLASS_REVISION:
        return CLASS_UNDEFINED_PROTOCOL;
    case BAR0:
        return peer->bar0;
    case CAPABILITY_POINTER:
        return CAPABILITY;
    case INTERRUPT:
        return INTERRUPT_PIN_A;
    case CAPABILITY:
        return capability(peer);
    case STATE_TABLE_SIZE:
        return IVSHMEM_STATE_TABLE;
    case RW_SECTION_SIZE: /* below 4 GiB, as the memory is: the high half is 0 */
        return (uint32_t)(peer->place.size - IVSHMEM_STATE_TABLE);
    case BASE_ADDRESS:
        return (uint32_t)peer->place.memory.a;
    case BASE_ADDRESS_HIGH:
        return (uint32_t)(peer->place.memory.a >> 32);
    default:
        return 0;
    }
}

uint32_t ivshmem_config_read(struct ivshmem_peer *peer, uint32_t offset)
{
    DEBUG_ASSERT(offset % 4 == 0);
    spin_lock(&peer->lock);
    uint32_t value = read_locked(peer, offset);
    spin_unlock(&peer->lock);
    return value;
}

static uint32_t merge(uint32_t old, uint32_t value, uint32_t mask)
{
    return (old & ~mask) | (value & mask);
}

static void write_locked(struct ivshmem_peer *peer, uint32_t offset, uint32_t value, uint32_t mask)
{
    spin_debug_assert_held(&peer->lock);
    switch (offset) {
    case COMMAND_STATUS:
        peer->command = (uint16_t)merge(peer->command, value, mask & COMMAND_WRITABLE);
        break;
    case BAR0:
        peer->bar0 = merge(peer->bar0, value, mask & BAR0_WRITABLE);
        break;
    case CAPABILITY:
        if (mask & PRIVILEGED_ONE_SHOT)
            peer->one_shot = value & PRIVILEGED_ONE_SHOT;
        break;
    default: /* read-only, or nothing */
        break;
    }
}

void ivshmem_config_write(struct ivshmem_peer *peer, uint32_t offset, uint32_t value, uint32_t mask)
{
    DEBUG_ASSERT(offset % 4 == 0);
    spin_lock(&peer->lock);
    write_locked(peer, offset, value, mask);
    update_decoder(peer);
    ivshmem_update_line(peer);
    spin_unlock(&peer->lock);
}
