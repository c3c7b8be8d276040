/*
 * The function 00:00.0 of QEMU's virt machine, its PCIe host bridge: a header of type 0 without
 * registers, by which kernels know the machine.
 */
#pragma once
#include <axsync/spinlock.h>
#include <stdint.h>

#define HOST_BRIDGE_CONFIG 256 /* bytes: it has no extended configuration space */

struct host_bridge {
    struct spinlock lock;
    /* lock must be held: */
    uint8_t config[HOST_BRIDGE_CONFIG];
};

/* Resets the bridge to power-on. No vCPU runs; the first call comes before the lock is set up. */
void host_bridge_reset(struct host_bridge *bridge);
/* Any hart: access 1, 2 or 4 bytes of its configuration space; `at` is a multiple of `width`. What
 * is beyond HOST_BRIDGE_CONFIG reads as ones. */
uint32_t host_bridge_read(struct host_bridge *bridge, uint32_t at, unsigned width);
void host_bridge_write(struct host_bridge *bridge, uint32_t at, unsigned width, uint32_t value);
