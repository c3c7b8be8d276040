/*
 * What the device tree says about this machine, read once by the boot hart. The tree itself stays
 * where the firmware put it, for the drivers' own probes.
 */
#pragma once
#include <lib/addr.h>
#include <lib/err.h>
#include <lib/tree.h>
#include <lib/tree_faults.h>
#include <stdbool.h>
#include <stdint.h>

/* Of ranges that neither touch nor overlap: those that do count as one. */
#define PLATFORM_MAX_MEMORY 64
#define PLATFORM_MAX_RESERVED 256
#define PLATFORM_MAX_HARTS 64   /* that are used: the most that SMP= takes */
#define PLATFORM_MAX_LISTED 128 /* with those that are not used */

struct memory_range {
    hpa_t base;
    uint64_t size;
};

enum hart_absence { HART_PRESENT, HART_DISABLED, HART_SURPLUS };

struct platform_hart {
    uint64_t id;
    enum hart_absence absence; /* why it is not used */
};

struct platform {
    const void *fdt;
    uint32_t fdt_size;
    uint64_t timebase;                               /* ticks per second */
    struct memory_range memory[PLATFORM_MAX_MEMORY]; /* sorted, apart from each other */
    uint32_t memory_count;
    struct memory_range reserved[PLATFORM_MAX_RESERVED]; /* not to be touched: firmware, initrd …;
                                                            sorted, apart, and inside memory */
    uint32_t reserved_count;
    struct memory_range initrd; /* size 0: none */
    uint64_t address_end;       /* after all that has an address in the tree: memory and devices */
    struct platform_hart harts[PLATFORM_MAX_LISTED]; /* in the tree's order */
    uint32_t hart_count;
    uint32_t unlisted_harts; /* more that are not used */
    uint64_t boot_hart_id;
    const char *isa;            /* riscv,isa of the boot hart; inside fdt */
    const char *isa_extensions; /* a string list, or NULL */
    int isa_extensions_size;
    const char *mmu_type;                        /* of the boot hart: "riscv,sv48" …, or NULL */
    uint32_t cbom_block, cbop_block, cboz_block; /* bytes, 0: not said */
    const char *bootargs;                        /* of /chosen, or NULL */
    struct tree_value rng_seed;                  /* of /chosen */
    struct tree_faults faults;                   /* of the nodes that a boot reads */
    char missing[TREE_FAULT_SIZE];               /* what a boot needs, and there is not */
    char no_initrd[TREE_FAULT_SIZE];             /* why there is none, if the tree says one */
    hpa_t finisher; /* the register of sifive,test, which ends QEMU with a status; 0: none */
};

/*
 * Fills `p` from the tree. `usable` is how many harts this build can use: the boot hart comes
 * first, further harts beyond it are HART_SURPLUS. ERR_FORMAT: not a tree, or one without what a
 * boot needs, or with more than this host holds; `*missing` then says what, and `p` has what was
 * found. Pure: also runs on the build machine.
 */
enum err platform_parse(struct platform *p, const void *fdt, uint64_t boot_hart_id, uint32_t usable,
                        const char **missing);

/* Reserves the part of the range that lies in memory. Returns false if PLATFORM_MAX_RESERVED ranges
 * are there already. */
bool platform_reserve(struct platform *p, hpa_t base, uint64_t size);

/* Returns the machine that this host runs on; valid from primary_entry on. */
const struct platform *platform(void);
/* Returns true if the hart's ISA string has the extension, such as "h" or "sstc". */
bool platform_has_extension(const struct platform *p, const char *name);
