/*
 * The RISC-V IOMMU 1.0 that stands before the PCI devices: a device of its own, or one of them.
 * Once it is initialized no device behind it reaches any memory but one that is attached to an
 * address space, and that only what is mapped there. A device is known by its requester id: bus,
 * device and function in 8, 5 and 3 bits.
 */
#pragma once
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

/* How many faults of a device are told, from its attaching on. */
#define IOMMU_FAULTS_TOLD 16

/* An access that was refused. */
struct iommu_fault {
    uint32_t device;
    uint32_t cause;   /* RISC-V IOMMU 1.0 §3.2, table 11 */
    bool write;       /* else it was a read */
    uint64_t address; /* as the device gave it */
    bool last;        /* more of this device are not told */
};

/*
 * Boot hart, once, after irqchip_init() and pci_init(): finds and maps it, and makes it refuse
 * everything. ERR_NOT_FOUND: the machine has none; ERR_UNSUPPORTED, ERR_NO_MEMORY, ERR_TIMEOUT: it
 * can't be used, which is logged, and then nothing can be attached.
 */
enum err iommu_init(const void *fdt);

/* It is there and works: it confines those PCI functions that are behind it. */
bool iommu_is_ready(void);

/*
 * Any hart: from here on the device's accesses are translated by the G-stage tables of `hgatp`,
 * whose translations the IOMMU keeps under `gscid`: another number for each table. ERR_NOT_FOUND:
 * there is no IOMMU; ERR_RANGE: it does not know devices of so high an id; ERR_UNSUPPORTED: it does
 * not have the mode of the tables; ERR_NO_MEMORY; ERR_TIMEOUT: it does not answer.
 */
enum err iommu_attach(uint32_t device, uint64_t hgatp, uint16_t gscid);
/* Any hart: the device reaches nothing any more; when this returns what it had begun is done, and
 * the tables can be freed. ERR_TIMEOUT: the IOMMU does not answer. */
enum err iommu_detach(uint32_t device, uint16_t gscid);

/*
 * Once, after iommu_init(): `handler` is called on the hart `hart_index` for each fault. An error:
 * the IOMMU can't interrupt that hart (it sends messages alone, and the host takes none; or one of
 * irqchip_enable()), and the handler is called by iommu_look_for_faults() only.
 */
enum err iommu_tell_faults(uint32_t hart_index, void (*handler)(const struct iommu_fault *fault));
/* Any hart: the handler is called for the faults that have come since. When this returns they all
 * are told, whichever hart did it. */
void iommu_look_for_faults(void);
