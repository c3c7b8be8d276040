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

/* To power-on. The first time too, before there is a lock to take: no vCPU runs. */
void host_bridge_reset(struct host_bridge *bridge);
/* Any hart: 1, 2 or 4 bytes of its configuration space; the address is a multiple of that. What is
 * beyond HOST_BRIDGE_CONFIG reads as ones. */
uint32_t host_bridge_read(struct host_bridge *bridge, uint32_t at, unsigned width);
void host_bridge_write(struct host_bridge *bridge, uint32_t at, unsigned width, uint32_t value);
