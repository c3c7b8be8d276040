/*
 * The ISA that a guest has: of the host's extensions those that work in VS and VU mode with the
 * state and the enable bits that a guest gets here. An extension that is not known to be safe is
 * left out, so a newer host does not promise a guest what this hypervisor does not keep.
 */
#pragma once
#include <lib/err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_ISA_SIZE 2048

/* Extensions that depend on more than the host: on a bit of henvcfg (Priv 1.13 §18.2.5), or on what
 * the guest's machine is. */
enum guest_isa_grant {
    GUEST_ISA_SSTC = 1 << 0,            /* henvcfg.STCE */
    GUEST_ISA_SVPBMT = 1 << 1,          /* henvcfg.PBMTE */
    GUEST_ISA_SVADU = 1 << 2,           /* henvcfg.ADUE */
    GUEST_ISA_ZICBOM = 1 << 3,          /* henvcfg.CBIE and CBCFE */
    GUEST_ISA_ZICBOZ = 1 << 4,          /* henvcfg.CBZE */
    GUEST_ISA_ZICFILP = 1 << 5,         /* henvcfg.LPE */
    GUEST_ISA_ZICFISS = 1 << 6,         /* henvcfg.SSE */
    GUEST_ISA_POINTER_MASKING = 1 << 7, /* henvcfg.PMM */
    GUEST_ISA_SSAIA = 1 << 8,           /* an IMSIC, and hstateen0's bits where there are such */
};

/* From a cpu node of the host's device tree. */
struct host_isa {
    const char *extensions; /* riscv,isa-extensions; NULL: the node has none and `isa` counts */
    size_t extensions_size; /* bytes, with the last NUL */
    const char *isa;        /* riscv,isa; NULL: none */
};

/* Both forms name the same extensions. */
struct guest_isa {
    char extensions[GUEST_ISA_SIZE]; /* a list of NUL-terminated names */
    size_t extensions_size;
    char isa[GUEST_ISA_SIZE]; /* "rv64imafdc_zicsr..." */
};

/*
 * `granted` is a set of enum guest_isa_grant. ERR_INVALID: the host gives neither form; ERR_FORMAT:
 * a list that is not terminated, or an ISA without "i"; ERR_UNSUPPORTED: not an rv64 string;
 * ERR_NO_MEMORY: more extensions than a struct guest_isa holds.
 */
enum err guest_isa_filter(const struct host_isa *host, uint32_t granted, struct guest_isa *out);

bool guest_isa_has(const struct guest_isa *isa, const char *extension);
