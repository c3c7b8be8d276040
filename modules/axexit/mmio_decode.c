#include <axexit/mmio_decode.h>
#include <lib/bits.h>

/* Fields of 32-bit instructions (Unpriv, RV32I and RV64I) */
#define OPCODE MASK(6, 0)
#define OPCODE_LOAD 0x03
#define OPCODE_STORE 0x23
#define OPCODE_LOAD_FP 0x07
#define OPCODE_STORE_FP 0x27
#define RD MASK(11, 7)
#define FUNCT3_WIDTH MASK(13, 12) /* log2 of the bytes */
#define FUNCT3_UNSIGNED BIT(14)
#define RS2 MASK(24, 20)

/* Fields of 16-bit instructions (Unpriv, C) */
#define C_QUADRANT MASK(1, 0)
#define C_FUNCT3 MASK(15, 13)
#define C_RD MASK(11, 7)
#define C_RS2 MASK(6, 2)
#define C_SHORT_REG MASK(4, 2) /* rd' and rs2': x8 .. x15 */
#define SHORT_REG_FIRST 8

/* Fields of htinst (Priv 1.13 §18.6.3) */
#define HTINST_WALK_READ 0x3000
#define HTINST_WALK_WRITE 0x3020

static inline struct mmio_op load_op(unsigned width, bool sign_extend, unsigned reg)
{
    return (struct mmio_op){.width = width, .sign_extend = sign_extend, .reg = reg};
}

static inline struct mmio_op store_op(unsigned width, unsigned reg)
{
    return (struct mmio_op){.write = true, .width = width, .reg = reg};
}

static inline struct mmio_op as_float(struct mmio_op op)
{
    op.is_float = true;
    return op;
}

/* A width of 0 stands for "no load or store that is known". */
static const struct mmio_op no_op;

/* Zfh, F and D; the other widths are Q's and the vectors'. */
static struct mmio_op decode_float(uint32_t insn, bool write)
{
    const unsigned width = 1U << FIELD_GET(FUNCT3_WIDTH, insn);
    if ((insn & FUNCT3_UNSIGNED) != 0 || width == 1)
        return no_op;
    return as_float(write ? store_op(width, (unsigned)FIELD_GET(RS2, insn))
                          : load_op(width, false, (unsigned)FIELD_GET(RD, insn)));
}

static inline struct mmio_op decode_32(uint32_t insn)
{
    const unsigned width = 1U << FIELD_GET(FUNCT3_WIDTH, insn);
    const bool is_unsigned = insn & FUNCT3_UNSIGNED;
    switch (insn & OPCODE) {
    case OPCODE_LOAD_FP:
    case OPCODE_STORE_FP:
        return decode_float(insn, (insn & OPCODE) == OPCODE_STORE_FP);
    case OPCODE_LOAD:
        if (is_unsigned && width == 8) /* no ldu */
            return no_op;
        return load_op(width, !is_unsigned, (unsigned)FIELD_GET(RD, insn));
    case OPCODE_STORE:
        return is_unsigned ? no_op : store_op(width, (unsigned)FIELD_GET(RS2, insn));
    default:
        return no_op;
    }
}

/* Zcb (Unpriv, Zc): bits 12:10 and 6 tell the five apart. */
static struct mmio_op decode_zcb(uint32_t insn, unsigned reg)
{
    const bool bit6 = insn & BIT(6);
    switch (FIELD_GET(MASK(12, 10), insn)) {
    case 0: /* c.lbu; bit 6 is of the offset */
        return load_op(1, false, reg);
    case 1: /* c.lhu, c.lh */
        return load_op(2, bit6, reg);
    case 2: /* c.sb; bit 6 is of the offset */
        return store_op(1, reg);
    case 3: /* c.sh */
        return bit6 ? no_op : store_op(2, reg);
    default:
        return no_op;
    }
}

static struct mmio_op decode_quadrant_0(uint32_t insn)
{
    const unsigned reg = SHORT_REG_FIRST + (unsigned)FIELD_GET(C_SHORT_REG, insn);
    switch (FIELD_GET(C_FUNCT3, insn)) {
    case 1: /* c.fld */
        return as_float(load_op(8, false, reg));
    case 5: /* c.fsd */
        return as_float(store_op(8, reg));
    case 2: /* c.lw */
        return load_op(4, true, reg);
    case 3: /* c.ld */
        return load_op(8, true, reg);
    case 4:
        return decode_zcb(insn, reg);
    case 6: /* c.sw */
        return store_op(4, reg);
    case 7: /* c.sd */
        return store_op(8, reg);
    default:
        return no_op;
    }
}

static struct mmio_op decode_quadrant_2(uint32_t insn)
{
    const unsigned rd = (unsigned)FIELD_GET(C_RD, insn);
    const unsigned rs2 = (unsigned)FIELD_GET(C_RS2, insn);
    switch (FIELD_GET(C_FUNCT3, insn)) {
    case 1: /* c.fldsp */
        return as_float(load_op(8, false, rd));
    case 5: /* c.fsdsp */
        return as_float(store_op(8, rs2));
    case 2: /* c.lwsp; rd = x0 is reserved */
        return rd ? load_op(4, true, rd) : no_op;
    case 3: /* c.ldsp */
        return rd ? load_op(8, true, rd) : no_op;
    case 6: /* c.swsp */
        return store_op(4, rs2);
    case 7: /* c.sdsp */
        return store_op(8, rs2);
    default:
        return no_op;
    }
}

enum err mmio_decode_instruction(uint32_t instruction, struct mmio_op *op)
{
    struct mmio_op decoded = no_op;
    unsigned length = 2;
    switch (instruction & C_QUADRANT) {
    case 0:
        decoded = decode_quadrant_0(instruction);
        break;
    case 2:
        decoded = decode_quadrant_2(instruction);
        break;
    case 3:
        decoded = decode_32(instruction);
        length = 4;
        break;
    }
    if (decoded.width == 0)
        return ERR_UNSUPPORTED;
    decoded.length = length;
    *op = decoded;
    return OK;
}

bool mmio_is_zcmp(uint32_t instruction)
{
    return (instruction & C_QUADRANT) == 2 && FIELD_GET(C_FUNCT3, instruction) == 5;
}

bool mmio_is_page_walk(uint64_t htinst)
{
    return htinst == HTINST_WALK_READ || htinst == HTINST_WALK_WRITE;
}

enum err mmio_decode_htinst(uint64_t htinst, struct mmio_op *op)
{
    const uint64_t whole = htinst & ~HTINST_ADDRESS_OFFSET;
    /* Without "not compressed" it is the instruction itself, but for the address. A future standard
     * may use the upper bits: what is not known counts as zero. */
    const bool is_access = htinst >> 32 == 0 && (htinst & 1) != 0;
    const struct mmio_op decoded =
        is_access ? decode_32((uint32_t)(whole | HTINST_NOT_COMPRESSED)) : no_op;
    if (mmio_is_page_walk(htinst))
        return ERR_UNSUPPORTED;
    if (decoded.width == 0)
        return ERR_NOT_FOUND;
    if (htinst != whole)
        return ERR_UNSUPPORTED;
    *op = decoded;
    op->length = htinst_length(htinst);
    return OK;
}
