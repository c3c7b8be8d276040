/* See host_bridge.h; registers are those of PCI 3.0 §6.1. */
#include <axdevice/host_bridge.h>
#include <lib/addr.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>

enum { COMMAND = 0x04, CACHE_LINE = 0x0c, INTERRUPT_LINE = 0x3c, HEADER_END = 0x40 };

#define COMMAND_WRITABLE UINT16_C(0x0507) /* I/O, memory, master, SERR#, no INTx */

static const uint8_t header[] = {
    [0x00] = 0x36, 0x1b, 0x08, 0x00, /* Red Hat, GPEX host bridge */
    [0x0a] = 0x00, 0x06,             /* a host bridge */
    [0x2c] = 0xf4, 0x1a, 0x00, 0x11, /* what QEMU's own devices are marked with */
};

static uint8_t writable(uint32_t at)
{
    if (at == COMMAND)
        return COMMAND_WRITABLE & 0xff;
    if (at == COMMAND + 1)
        return COMMAND_WRITABLE >> 8;
    return at == CACHE_LINE || at == INTERRUPT_LINE || at >= HEADER_END ? 0xff : 0;
}

void host_bridge_reset(struct host_bridge *bridge)
{
    memset(bridge->config, 0, sizeof bridge->config);
    memcpy(bridge->config, header, sizeof header);
}

uint32_t host_bridge_read(struct host_bridge *bridge, uint32_t at, unsigned width)
{
    DEBUG_ASSERT((width == 1 || width == 2 || width == 4) && at % width == 0);
    uint32_t value = 0;
    if (!range_inside(at, width, 0, HOST_BRIDGE_CONFIG))
        return (uint32_t)MASK(8 * width - 1, 0);
    spin_lock(&bridge->lock);
    memcpy(&value, bridge->config + at, width);
    spin_unlock(&bridge->lock);
    return value;
}

void host_bridge_write(struct host_bridge *bridge, uint32_t at, unsigned width, uint32_t value)
{
    DEBUG_ASSERT((width == 1 || width == 2 || width == 4) && at % width == 0);
    if (!range_inside(at, width, 0, HOST_BRIDGE_CONFIG))
        return;
    spin_lock(&bridge->lock);
    for (unsigned i = 0; i < width; i++) {
        uint8_t mask = writable(at + i), byte = (uint8_t)(value >> 8 * i);
        uint8_t *to = &bridge->config[at + i];
        *to = (uint8_t)((*to & ~mask) | (byte & mask));
    }
    spin_unlock(&bridge->lock);
}
