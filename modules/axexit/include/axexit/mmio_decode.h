/*
 * What a load or store that trapped wants of a device: decoded from htinst or from the instruction
 * itself. Pure. Integer and floating-point loads and stores of RV64 are known, compressed ones (C,
 * Zcb, Zcd) too. Atomic ones are refused, as the memory attributes of I/O may have it (Priv 1.13
 * §3.6.3: AMONone, RsrvNone), and vector ones.
 */
#pragma once
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

struct mmio_op {
    bool write;
    bool sign_extend; /* of a load */
    unsigned width;   /* bytes: 1 2 4 8 */
    unsigned reg;     /* a load's destination (perhaps x0), a store's source */
    unsigned length;  /* bytes of the instruction: 2 or 4 */
    bool is_float;    /* reg is an f register */
};

/*
 * Transformed loads and stores in htinst (Priv 1.13 §18.6.3, figures 68 and 69). Bit 5 of the
 * opcode tells a store from a load, bit 1 an instruction of 4 bytes from one of 2.
 */
#define HTINST_OPCODE UINT64_C(0x7d) /* without bit 1 */
#define HTINST_LOAD UINT64_C(0x01)
#define HTINST_STORE UINT64_C(0x21)
#define HTINST_NOT_COMPRESSED UINT64_C(2)
#define HTINST_ADDRESS_OFFSET UINT64_C(0xf8000)

static inline uint64_t htinst_funct3(uint64_t htinst)
{
    return htinst >> 12 & 7;
}

static inline bool htinst_sign_extends(uint64_t htinst)
{
    return (htinst >> 12 & 4) == 0;
}

/* A load of an x register, whole: its first byte is where the fault was. */
static inline bool htinst_is_load(uint64_t htinst)
{
    return (htinst & (HTINST_OPCODE | HTINST_ADDRESS_OFFSET)) == HTINST_LOAD && htinst >> 32 == 0 &&
           htinst_funct3(htinst) != 7;
}

static inline bool htinst_is_store(uint64_t htinst)
{
    return (htinst & (HTINST_OPCODE | HTINST_ADDRESS_OFFSET)) == HTINST_STORE &&
           htinst >> 32 == 0 && htinst_funct3(htinst) < 4;
}

/* Of both: the binary logarithm of the bytes of the access. */
static inline uint64_t htinst_log_width(uint64_t htinst)
{
    return htinst >> 12 & 3;
}

/* Bytes of the instruction. */
static inline unsigned htinst_length(uint64_t htinst)
{
    return 2 + (unsigned)(htinst & HTINST_NOT_COMPRESSED);
}

/* The register that a load sets, and that a store stores. */
static inline unsigned htinst_rd(uint64_t htinst)
{
    return htinst >> 7 & 31;
}

static inline unsigned htinst_rs2(uint64_t htinst)
{
    return htinst >> 20 & 31;
}

/* What a load of 2^log bytes leaves in a register when the device answered `raw`, low bits first.
 */
static inline uint64_t mmio_extend(uint64_t raw, unsigned log, bool sign_extend)
{
    const unsigned unused = (0U - (8U << log)) % 64;
    const uint64_t up = raw << unused;
    return sign_extend ? (uint64_t)((int64_t)up >> unused) : up >> unused;
}

/*
 * Decodes htinst (Priv 1.13 §18.6.3).
 *   ERR_NOT_FOUND    it is 0: read the instruction and decode that
 *   ERR_UNSUPPORTED  it says that the access can't be emulated: one of a page-table walk, or the
 *                    rest of a misaligned access whose first bytes lie elsewhere
 */
enum err mmio_decode_htinst(uint64_t htinst, struct mmio_op *op);

/*
 * Decodes an instruction. Where bits 1:0 are not 11 it is a compressed one and the upper half is
 * not looked at. ERR_UNSUPPORTED: no load or store of those. Where a hart has Zcmp, c.fsdsp is
 * none: the caller looks at that (mmio_is_zcmp).
 */
enum err mmio_decode_instruction(uint32_t instruction, struct mmio_op *op);

/* The virtual address of a load or store that mmio_decode_instruction() knows. `x` is the guest's
 * 32 registers. */
uint64_t mmio_address(uint32_t instruction, const uint64_t *x);
/* True: with Zcmp the encoding is no c.fsdsp, but pushes or pops several registers. */
bool mmio_is_zcmp(uint32_t instruction);
/* False: no instruction of this encoding loads or stores anything. */
bool mmio_may_access(uint32_t instruction);

/*
 * True if htinst says that the hardware itself made the access, to walk the guest's own page tables
 * or to set A and D bits there.
 */
bool mmio_is_page_walk(uint64_t htinst);
