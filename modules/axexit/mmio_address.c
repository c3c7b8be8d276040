/*
 * Where the loads and stores that mmio_decode_instruction() knows go, and which instructions could
 * be of such a kind at all: what was fetched after a trap may not be what trapped.
 */
#include <axexit/mmio_decode.h>
#include <lib/bits.h>

#define OPCODE MASK(6, 0)
#define RS1 MASK(19, 15)
#define STACK_POINTER 2

/* Bits `high` to `low` of the instruction, from bit `at` of an offset on. */
static inline uint64_t field(uint32_t insn, unsigned high, unsigned low, unsigned at)
{
    return FIELD_GET(MASK(high, low), insn) << at;
}

static uint64_t sign_extend(uint64_t value, unsigned bits)
{
    const uint64_t sign = BIT(bits - 1);
    return (value ^ sign) - sign;
}

/* Immediates of type I and S (Unpriv, RV32I). */
static uint64_t offset_32(uint32_t insn)
{
    const bool is_store = (insn & BIT(5)) != 0; /* 0x23 and 0x27, else 0x03 and 0x07 */
    return sign_extend(
        is_store ? field(insn, 31, 25, 5) | field(insn, 11, 7, 0) : field(insn, 31, 20, 0), 12);
}

/* c.lw and c.sw, c.ld and c.sd (c.fld and c.fsd alike), and Zcb's, by funct3 (Unpriv, C and Zcb).
 */
static uint64_t offset_quadrant_0(uint32_t insn)
{
    const bool is_byte = (insn & BIT(10)) == 0;
    switch (FIELD_GET(MASK(15, 13), insn)) {
    case 4:
        return field(insn, 5, 5, 1) | (is_byte ? field(insn, 6, 6, 0) : 0);
    case 2:
    case 6:
        return field(insn, 12, 10, 3) | field(insn, 6, 6, 2) | field(insn, 5, 5, 6);
    default:
        return field(insn, 12, 10, 3) | field(insn, 6, 5, 6);
    }
}

/* The stack's: c.lwsp, c.ldsp, c.swsp, c.sdsp; c.fldsp and c.fsdsp are as the last of each. */
static uint64_t offset_quadrant_2(uint32_t insn)
{
    switch (FIELD_GET(MASK(15, 13), insn)) {
    case 2:
        return field(insn, 12, 12, 5) | field(insn, 6, 4, 2) | field(insn, 3, 2, 6);
    case 1:
    case 3:
        return field(insn, 12, 12, 5) | field(insn, 6, 5, 3) | field(insn, 4, 2, 6);
    case 6:
        return field(insn, 12, 9, 2) | field(insn, 8, 7, 6);
    default:
        return field(insn, 12, 10, 3) | field(insn, 9, 7, 6);
    }
}

uint64_t mmio_address(uint32_t instruction, const uint64_t *x)
{
    switch (instruction & MASK(1, 0)) {
    case 0:
        return x[8 + FIELD_GET(MASK(9, 7), instruction)] + offset_quadrant_0(instruction);
    case 2:
        return x[STACK_POINTER] + offset_quadrant_2(instruction);
    default:
        return x[FIELD_GET(RS1, instruction)] + offset_32(instruction);
    }
}

/* Opcodes by bits 6:2 (Unpriv, RV32/64G listings): loads, stores, fences and cache blocks, atomics,
 * SYSTEM, and the four custom ones, which may be anything. */
#define MAY_ACCESS                                                                                 \
    (BIT(0x00) | BIT(0x01) | BIT(0x02) | BIT(0x03) | BIT(0x08) | BIT(0x09) | BIT(0x0a) |           \
     BIT(0x0b) | BIT(0x16) | BIT(0x1c) | BIT(0x1e))

bool mmio_may_access(uint32_t instruction)
{
    const uint64_t funct3 = FIELD_GET(MASK(15, 13), instruction);
    switch (instruction & MASK(1, 0)) {
    case 0:
        return funct3 != 0; /* c.addi4spn */
    case 1:
        return false; /* arithmetic and jumps alone */
    case 2:
        return funct3 != 0 && funct3 != 4; /* c.slli; c.mv, c.add, c.jr, c.jalr, c.ebreak */
    default:
        return (MAY_ACCESS >> FIELD_GET(OPCODE & ~MASK(1, 0), instruction) & 1) != 0;
    }
}
