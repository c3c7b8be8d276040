/* The device tree of a guest, generated from what its VM is; layout.h has the addresses. */
#pragma once
#include <axvm/guest_isa.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_FDT_MAX_VCPUS 64
#define GUEST_FDT_SEED_SIZE 64

/* Strings are the caller's. */
struct guest_fdt_input {
    const char *model;
    uint32_t vcpu_count;         /* 1 .. GUEST_FDT_MAX_VCPUS; guest hart ids are 0 .. count-1 */
    uint32_t timebase_frequency; /* Hz */
    const struct guest_isa *isa; /* the same for every vCPU */
    const char *mmu_type;        /* the host's: VS-stage translation has the same modes */
    /* Bytes; written if the guest has the extension (Zicbom, Zicbop, Zicboz) and it is not 0. */
    uint32_t cbom_block_size;
    uint32_t cbop_block_size;
    uint32_t cboz_block_size;
    gpa_t ram_base;
    uint64_t ram_size; /* bytes */
    const char *bootargs;
    gpa_t ramdisk;
    uint64_t ramdisk_size; /* bytes; 0: none */
    /* Random, another at each start: Linux's pool is ready with it from the first moment. */
    uint8_t rng_seed[GUEST_FDT_SEED_SIZE];
};

/*
 * Writes the tree to [buffer, buffer+size), 8-byte aligned; *used is then its size. ERR_INVALID: an
 * input that the comments above do not allow; ERR_NO_MEMORY: the buffer is too small.
 */
enum err guest_fdt_build(const struct guest_fdt_input *input, void *buffer, size_t size,
                         size_t *used);
