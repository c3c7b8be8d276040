/*
 * The PCI host bridge on which a VM finds its shared memories: configuration space by ECAM (PCI
 * Express 5.0 §7.2.2) for one bus, and a window for the BARs. Function 0 of device 1, 2 … is the
 * first, second … memory; there is nothing else on it.
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/ivshmem.h>

#define IVSHMEM_BRIDGE_DEVICES 8
#define IVSHMEM_BRIDGE_FIRST                                                                       \
    1 /* the first device's number: 0 is the bridge's, which needs none                            \
       */
#define IVSHMEM_ECAM_SIZE UINT64_C(0x100000)  /* one bus */
#define IVSHMEM_WINDOW_SIZE UINT64_C(0x10000) /* pages to move the registers to */

struct ivshmem_bridge {
    struct mmio_device ecam;
    struct mmio_device window;
    uint32_t count;
    struct ivshmem_peer *peers[IVSHMEM_BRIDGE_DEVICES]; /* the links' */
};

/* An empty bridge; both devices then go on the VM's bus. */
void ivshmem_bridge_init(struct ivshmem_bridge *bridge, gpa_t ecam, gpa_t window);
/* The next device. ERR_NO_MEMORY: there are IVSHMEM_BRIDGE_DEVICES. The VM does not run. */
enum err ivshmem_bridge_add(struct ivshmem_bridge *bridge, struct ivshmem_peer *peer);
