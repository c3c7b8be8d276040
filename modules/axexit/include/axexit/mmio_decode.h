/*
 * What a load or store that trapped wants of a device: decoded from htinst or from the instruction
 * itself. Pure. Integer loads and stores of RV64 are known, compressed ones (C, Zcb) too; accesses
 * that no device register is meant for (floating point, vector, atomic) are refused.
 */
#pragma once
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

struct mmio_op {
    bool write;
    bool sign_extend; /* of a load */
    unsigned width;   /* bytes: 1 2 4 8 */
    unsigned reg;     /* x register: a load's destination (perhaps x0), a store's source */
    unsigned length;  /* bytes of the instruction: 2 or 4 */
};

/*
 * Decodes htinst (Priv 1.13 §18.6.3).
 *   ERR_NOT_FOUND    it tells nothing: read the instruction and decode that
 *   ERR_UNSUPPORTED  it tells that the access can't be emulated: one of a page-table walk, or the
 *                    rest of a misaligned access whose first bytes lie elsewhere
 */
enum err mmio_decode_htinst(uint64_t htinst, struct mmio_op *op);

/*
 * Decodes an instruction. Where bits 1:0 are not 11 it is a compressed one and the upper half is
 * not looked at. ERR_UNSUPPORTED: not an integer load or store.
 */
enum err mmio_decode_instruction(uint32_t instruction, struct mmio_op *op);

/* The virtual address of a load or store that mmio_decode_instruction() knows. `x` is the guest's
 * 32 registers. */
uint64_t mmio_address(uint32_t instruction, const uint64_t *x);
/* False: no instruction of this encoding loads or stores anything. */
bool mmio_may_access(uint32_t instruction);

/*
 * True if htinst says that the hardware itself made the access, to walk the guest's own page tables
 * or to set A and D bits there.
 */
bool mmio_is_page_walk(uint64_t htinst);

/* The bytes that a store stores, in the low bits; `x` is the guest's 32 registers. */
uint64_t mmio_store_value(const struct mmio_op *op, const uint64_t *x);
/* What a load leaves in its register when the device answered `raw`, low bits first. */
uint64_t mmio_load_result(const struct mmio_op *op, uint64_t raw);
