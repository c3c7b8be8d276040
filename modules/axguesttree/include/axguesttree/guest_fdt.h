/* The device tree of a guest, generated from what its VM is; layout.h has the addresses. */
#pragma once
#include <axguesttree/guest_isa.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_FDT_MAX_VCPUS 64
#define GUEST_FDT_SEED_SIZE 64

/* What takes the interrupts of the guest's devices to its harts. */
enum guest_controller { GUEST_HAS_PLIC, GUEST_HAS_APLIC };

/* A device of the host that the guest is assigned, with the node that it has in the host's tree. */
struct guest_fdt_device {
    int node;
    gpa_t base;
    uint64_t size;   /* bytes */
    uint32_t source; /* of the guest's interrupt controller; 0: none */
    bool dma;        /* it accesses memory, at the host's addresses */
};

/* Where PCI functions that the guest is assigned have their registers. */
struct guest_fdt_pci {
    gpa_t window;
    uint64_t window_size; /* bytes; 0: it has no PCI */
    gpa_t high_window;    /* the same for 64-bit addresses; size 0: there is none */
    uint64_t high_window_size;
    bool confined; /* an IOMMU confines them: they see the guest's addresses */
    bool msi;      /* what they send to the IMSICs arrives there */
};

struct fdt_writer;

/* Strings are the caller's. */
struct guest_fdt_input {
    const char *model;
    uint32_t vcpu_count;         /* 1 .. GUEST_FDT_MAX_VCPUS; guest hart ids are 0 .. count-1 */
    uint32_t timebase_frequency; /* Hz */
    const struct guest_isa *isa; /* the same for every vCPU */
    enum guest_controller controller;
    uint32_t imsic_identities; /* an APLIC sends MSIs to IMSICs with so many; 0: it does not */
    const char *mmu_type;      /* the host's: VS-stage translation has the same modes */
    /* Bytes; written if the guest has the extension (Zicbom, Zicbop, Zicboz) and it is not 0. */
    uint32_t cbom_block_size;
    uint32_t cbop_block_size;
    uint32_t cboz_block_size;
    gpa_t ram_base;
    uint64_t ram_size; /* bytes */
    hpa_t ram_host;
    const char *bootargs;
    gpa_t ramdisk;
    uint64_t ramdisk_size; /* bytes; 0: none */
    uint32_t models;       /* bit i: it has guest_models[i] (axvmconfig/layout.h) */
    const void *tree;      /* the host's, for the devices */
    const struct guest_fdt_device *devices;
    uint32_t device_count;
    struct guest_fdt_pci pci;
    bool whole; /* it names what is empty too, as QEMU's does: firmware looks for all of it */
    /* Writes the nodes of the devices: those in /soc, or those that lie beside it. */
    void (*put_devices)(struct fdt_writer *w, const struct guest_fdt_input *in, bool beside_soc);
    uint32_t shared_count; /* memories shared with other VMs, up to IVSHMEM_BRIDGE_DEVICES */
    /* Random, another at each start: Linux's pool is ready with it from the first moment. */
    uint8_t rng_seed[GUEST_FDT_SEED_SIZE];
};

/*
 * Writes the tree to [buffer, buffer+size), 8-byte aligned; *used is then its size. ERR_INVALID: an
 * input that the comments above do not allow; ERR_NO_MEMORY: the buffer is too small.
 */
enum err guest_fdt_build(const struct guest_fdt_input *input, void *buffer, size_t size,
                         size_t *used);
