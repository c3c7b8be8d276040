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

/* Records of a device's faults that are reported after it was attached. */
#define IOMMU_FAULTS_TOLD 16
/* Faults that one record counts; then the device's faults are not recorded until it is reported. */
#define IOMMU_FAULTS_MERGED 256
/* Between a record's first fault and its report; twice as long for each record before it. */
#define IOMMU_FAULTS_MS 100

/* Accesses of a device that were refused for one cause, each at most a page from the others. */
struct iommu_fault {
    uint32_t device;
    uint32_t cause;   /* RISC-V IOMMU 1.0 §3.2, table 11 */
    bool write;       /* else they were reads */
    uint64_t address; /* the lowest, as the device gave it */
    uint64_t last_address;
    uint32_t count; /* IOMMU_FAULTS_MERGED: so many, or more */
    bool last;      /* more of this device are not reported */
};

/*
 * Boot hart, once, after irqchip_init() and pci_init(): finds and maps it, and makes it refuse
 * everything. ERR_NOT_FOUND: the machine has none; ERR_UNSUPPORTED, ERR_NO_MEMORY, ERR_TIMEOUT: it
 * can't be used, which is logged, and then nothing can be attached.
 */
enum err iommu_init(const void *fdt);

/* True: there is an IOMMU and it works: it confines the PCI functions that the tree's iommu-map
 * names. */
bool iommu_is_ready(void);

/*
 * Any hart: has the device's accesses translated by the G-stage tables of `hgatp` from here on.
 * `gscid` names these tables in the IOMMU: each table has its own number. ERR_NOT_FOUND: there is
 * no IOMMU; ERR_RANGE: it does not know devices of so high an id; ERR_UNSUPPORTED: it does not have
 * the mode of the tables; ERR_NO_MEMORY; ERR_TIMEOUT: it does not answer.
 */
enum err iommu_attach(uint32_t device, uint64_t hgatp, uint16_t gscid);
/* Any hart: takes all memory from the device. When this returns its accesses are done, and the
 * tables can be freed. ERR_TIMEOUT: the IOMMU does not answer. */
enum err iommu_detach(uint32_t device, uint16_t gscid);

/* What is done with faults: `report` is called with each record. `interrupted` is called on the
 * hart that the IOMMU interrupts, which it does not do again before a look has found its queue
 * empty. `lost` is called after the queue was full, once until a device is attached again: some
 * faults are in no record. */
struct iommu_watch {
    void (*report)(const struct iommu_fault *fault);
    void (*lost)(void);
    void (*interrupted)(void);
};

/*
 * Once, after iommu_init(): faults are looked for whenever the IOMMU interrupts the hart
 * `hart_index`. An error: it can't (it sends messages alone, and the host takes none; or one of
 * irqchip_enable()), and they are looked for by iommu_look_for_faults() only. `wanted` must stay.
 */
enum err iommu_watch_faults(uint32_t hart_index, const struct iommu_watch *wanted);
/* Any hart, after iommu_watch_faults(): counts some of the faults that have come since, and reports
 * one record at most. */
enum iommu_look {
    IOMMU_IDLE,
    IOMMU_WAITS, /* records whose time has not come, or another hart looks: look some time later */
    IOMMU_MORE,  /* there is more to do at once */
};
enum iommu_look iommu_look_a_little(void);
/* Any hart: counts all the faults that have come since, and reports the records whose time has
 * come, or `all` of them. When this returns that is done, whichever hart did it. True: some still
 * wait. */
bool iommu_look_for_faults(bool all);
