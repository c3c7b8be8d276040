/*
 * The way from a bundle to VM configurations: a newc archive with `vms.dtb` and the images that it
 * names. All of it is checked, also against this machine, before anything is done with it.
 */
#pragma once
#include <axvmconfig/description.h>
#include <axvmconfig/message.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a VM has something of its own besides RAM. */
struct vm_taken_range {
    gpa_t base;
    uint64_t size;    /* bytes */
    const char *name; /* for the user: "its own NAME" */
    enum vm_place place;
    enum guest_model model; /* of VM_PLACE_OPTIONAL */
};

/* What this machine can give to all VMs together. */
struct host_limits {
    void *(*allocate)(size_t size); /* for what must be moved; NULL: no memory */
    const uint64_t *hart_ids;
    uint32_t hart_count;
    uint64_t memory_available;       /* bytes, for the guests' RAM and rings of `trace-events` */
    uint64_t memory_per_event;       /* bytes that the rings take for each of those, all harts' */
    bool sv48x4;                     /* hgatp can be set to Sv48x4 */
    bool aia;                        /* its harts have IMSICs and Ssaia */
    const void *tree;                /* the machine's device tree */
    const struct hardware *hardware; /* what the host drives of it */
    const struct pci_function *functions;
    uint32_t function_count;
    bool functions_unknown; /* the bus was not searched: their names alone are checked */
    bool iommu;             /* it works, and confines the functions of its iommu-map */
    const struct vm_taken_range *taken;
    uint32_t taken_count;
};

/* What a VM that fits takes of the memory for VMs, in bytes: its RAM, and its flash. */
uint64_t vmconfig_vm_memory(const struct vm_config *vm);
/*
 * OK if the VM's RAM and flash fit into `left` of the `total` bytes that there are for VMs. Else
 * ERR_NO_MEMORY, and `why` is the message for the user.
 */
enum err vmconfig_check_memory(const struct vm_set *set, const struct vm_config *vm, uint64_t total,
                               uint64_t left, struct message *why);
/* Bytes of memory for VMs: what the machine has, less the rings that the description asks for. */
uint64_t vmconfig_memory(const struct vm_set *set, const struct host_limits *limits);
/* What all shared memories of the set take of the memory for VMs, whether they are made or not. */
uint64_t vmconfig_shared_memory(const struct vm_set *set);

/*
 * Reads and checks the bundle in [bundle, bundle+size). On success every VM of
 * `out` is complete: its images lie in the bundle, which must stay, unchanged, as long as a VM may
 * start or restart. Otherwise `why` is the message for the user: ERR_FORMAT: the bundle, the device
 * tree or an image is broken; ERR_INVALID: a mistake in the description.
 */
enum err vmconfig_load(const void *bundle, size_t size, const struct host_limits *limits,
                       struct vm_set *out, struct message *why);
