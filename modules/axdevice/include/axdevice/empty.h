/*
 * Places of QEMU's virt machine in which nothing has been plugged: what is read there is what the
 * machine answers, and stores do nothing.
 */
#pragma once
#include <axdevice/bus.h>

#define VIRTIO_SLOT_SIZE UINT64_C(0x200) /* bytes with registers */

/* A window of the PCI bridge: no function answers, which reads as ones (PCI 3.0 §6.1). */
void empty_window_init(struct mmio_device *device, const char *name, gpa_t base, uint64_t size);
/* Memory that is read-only and zero: a ROM of which the guest needs nothing. */
void empty_rom_init(struct mmio_device *device, const char *name, gpa_t base, uint64_t size);
/* A virtio-mmio transport without a device (Virtio 1.2 §4.2.2, §4.2.4: the legacy one). */
void empty_virtio_init(struct mmio_device *device, gpa_t base);
