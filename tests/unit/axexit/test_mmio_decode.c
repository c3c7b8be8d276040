/*
 * Every 16-bit encoding and every opcode and funct3 of the 32-bit ones, against a table of the
 * instructions written as masks and matches; then the rules of htinst.
 */
#include <axexit/mmio_decode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct known {
    const char *name;
    uint32_t mask, match;
    struct mmio_op op; /* all but reg */
    unsigned reg_shift, reg_bits;
    bool x0_reserved;
};

#define LOAD(w, s, l)                                                                              \
    {                                                                                              \
        .width = (w), .sign_extend = (s), .length = (l)                                            \
    }
#define LOAD_FP(w, l)                                                                              \
    {                                                                                              \
        .width = (w), .length = (l), .is_float = true                                              \
    }
#define STORE_FP(w, l)                                                                             \
    {                                                                                              \
        .write = true, .width = (w), .length = (l), .is_float = true                               \
    }
#define STORE(w, l)                                                                                \
    {                                                                                              \
        .write = true, .width = (w), .length = (l)                                                 \
    }

static const struct known compressed[] = {
    {"c.lw", 0xe003, 0x4000, LOAD(4, true, 2), 2, 3, false},
    {"c.ld", 0xe003, 0x6000, LOAD(8, true, 2), 2, 3, false},
    {"c.sw", 0xe003, 0xc000, STORE(4, 2), 2, 3, false},
    {"c.sd", 0xe003, 0xe000, STORE(8, 2), 2, 3, false},
    {"c.lbu", 0xfc03, 0x8000, LOAD(1, false, 2), 2, 3, false},
    {"c.lhu", 0xfc43, 0x8400, LOAD(2, false, 2), 2, 3, false},
    {"c.lh", 0xfc43, 0x8440, LOAD(2, true, 2), 2, 3, false},
    {"c.sb", 0xfc03, 0x8800, STORE(1, 2), 2, 3, false},
    {"c.sh", 0xfc43, 0x8c00, STORE(2, 2), 2, 3, false},
    {"c.lwsp", 0xe003, 0x4002, LOAD(4, true, 2), 7, 5, true},
    {"c.ldsp", 0xe003, 0x6002, LOAD(8, true, 2), 7, 5, true},
    {"c.swsp", 0xe003, 0xc002, STORE(4, 2), 2, 5, false},
    {"c.sdsp", 0xe003, 0xe002, STORE(8, 2), 2, 5, false},
    {"c.fld", 0xe003, 0x2000, LOAD_FP(8, 2), 2, 3, false},
    {"c.fsd", 0xe003, 0xa000, STORE_FP(8, 2), 2, 3, false},
    {"c.fldsp", 0xe003, 0x2002, LOAD_FP(8, 2), 7, 5, false},
    {"c.fsdsp", 0xe003, 0xa002, STORE_FP(8, 2), 2, 5, false},
};

static const struct known full[] = {
    {"lb", 0x707f, 0x0003, LOAD(1, true, 4), 7, 5, false},
    {"lh", 0x707f, 0x1003, LOAD(2, true, 4), 7, 5, false},
    {"lw", 0x707f, 0x2003, LOAD(4, true, 4), 7, 5, false},
    {"ld", 0x707f, 0x3003, LOAD(8, true, 4), 7, 5, false},
    {"lbu", 0x707f, 0x4003, LOAD(1, false, 4), 7, 5, false},
    {"lhu", 0x707f, 0x5003, LOAD(2, false, 4), 7, 5, false},
    {"lwu", 0x707f, 0x6003, LOAD(4, false, 4), 7, 5, false},
    {"sb", 0x707f, 0x0023, STORE(1, 4), 20, 5, false},
    {"sh", 0x707f, 0x1023, STORE(2, 4), 20, 5, false},
    {"sw", 0x707f, 0x2023, STORE(4, 4), 20, 5, false},
    {"sd", 0x707f, 0x3023, STORE(8, 4), 20, 5, false},
    {"flh", 0x707f, 0x1007, LOAD_FP(2, 4), 7, 5, false},
    {"flw", 0x707f, 0x2007, LOAD_FP(4, 4), 7, 5, false},
    {"fld", 0x707f, 0x3007, LOAD_FP(8, 4), 7, 5, false},
    {"fsh", 0x707f, 0x1027, STORE_FP(2, 4), 20, 5, false},
    {"fsw", 0x707f, 0x2027, STORE_FP(4, 4), 20, 5, false},
    {"fsd", 0x707f, 0x3027, STORE_FP(8, 4), 20, 5, false},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the table says of `insn`: false if it has no such load or store. */
static bool expect(const struct known *table, size_t count, uint32_t insn, struct mmio_op *op)
{
    for (size_t i = 0; i < count; i++) {
        const struct known *k = &table[i];
        if ((insn & k->mask) != k->match)
            continue;
        unsigned field = (insn >> k->reg_shift) & ((1U << k->reg_bits) - 1);
        if (k->x0_reserved && field == 0)
            return false;
        *op = k->op;
        op->reg = k->reg_bits == 3 ? field + 8 : field;
        return true;
    }
    return false;
}

static void assert_op(const struct mmio_op *op, const struct mmio_op *expected)
{
    assert_int_equal(op->write, expected->write);
    assert_int_equal(op->sign_extend, expected->sign_extend);
    assert_int_equal(op->width, expected->width);
    assert_int_equal(op->reg, expected->reg);
    assert_int_equal(op->length, expected->length);
    assert_int_equal(op->is_float, expected->is_float);
}

static const struct mmio_op untouched = {true, true, 77, 78, 79, true};

/* Asserts what `insn` decodes to; true if it is a load or store. */
static bool assert_decodes(const struct known *table, size_t count, uint32_t insn)
{
    struct mmio_op op = untouched, expected = untouched;
    bool known = expect(table, count, insn, &expected);
    assert_int_equal(mmio_decode_instruction(insn, &op), known ? OK : ERR_UNSUPPORTED);
    assert_op(&op, &expected);
    return known;
}

static void every_16_bit_encoding(void **state)
{
    unsigned found = 0;
    for (uint32_t insn = 0; insn <= 0xffff; insn++) {
        if ((insn & 3) == 3)
            continue;
        found += assert_decodes(compressed, COUNT(compressed), insn);
        /* what stands after it in memory changes nothing */
        assert_int_equal(assert_decodes(compressed, COUNT(compressed), insn | 0xffff0000),
                         assert_decodes(compressed, COUNT(compressed), insn | 0x20230000));
    }
    /* c.lw, c.fld and their like, c.lbu c.sb, c.lhu c.lh c.sh, the stack's loads and stores */
    assert_int_equal(found, 6 * 2048 + 2 * 256 + 3 * 128 + 2 * (2048 - 64) + 4 * 2048);
}

static void every_32_bit_opcode_and_register(void **state)
{
    static const uint32_t upper[] = {0, 0xfe000000, 0xffffffff & ~0x7fffU, 0x000f8000};
    for (uint32_t opcode = 3; opcode < 128; opcode += 4)
        for (uint32_t funct3 = 0; funct3 < 8; funct3++)
            for (uint32_t reg = 0; reg < 32; reg++)
                for (size_t i = 0; i < COUNT(upper); i++) {
                    uint32_t insn = upper[i] | funct3 << 12 | opcode;
                    assert_decodes(full, COUNT(full), insn | reg << 7);
                    assert_decodes(full, COUNT(full), (insn & ~(31U << 20)) | reg << 20);
                }
}

/* Encodings that an assembler gave for the lines beside them. */
static void instructions_as_an_assembler_writes_them(void **state)
{
    const struct {
        uint32_t insn;
        enum err err;
        struct mmio_op op;
    } cases[] = {
        {0xff452303, OK, {false, true, 4, 6, 4, false}},   /* lw t1, -12(a0) */
        {0x00054503, OK, {false, false, 1, 10, 4, false}}, /* lbu a0, 0(a0) */
        {0x0005b003, OK, {false, true, 8, 0, 4, false}},   /* ld zero, 0(a1) */
        {0x00b500a3, OK, {true, false, 1, 11, 4, false}},  /* sb a1, 1(a0) */
        {0xfe053c23, OK, {true, false, 8, 0, 4, false}},   /* sd zero, -8(a0) */
        {0x4108, OK, {false, true, 4, 10, 2, false}},      /* lw a0, 0(a0) */
        {0xc10c, OK, {true, false, 4, 11, 2, false}},      /* sw a1, 0(a0) */
        {0x60a2, OK, {false, true, 8, 1, 2, false}},       /* ld ra, 8(sp) */
        {0xe406, OK, {true, false, 8, 1, 2, false}},       /* sd ra, 8(sp) */
        {0x00052507, OK, {false, false, 4, 10, 4, true}},  /* flw fa0, 0(a0) */
        {0x00a53027, OK, {true, false, 8, 10, 4, true}},   /* fsd fa0, 0(a0) */
        {0x2108, OK, {false, false, 8, 10, 2, true}},      /* c.fld fa0, 0(a0) */
        {0xa108, OK, {true, false, 8, 10, 2, true}},       /* c.fsd fa0, 0(a0) */
        {0x00054507, ERR_UNSUPPORTED, untouched},          /* flq fa0, 0(a0) */
        {0x00a54027, ERR_UNSUPPORTED, untouched},          /* fsq fa0, 0(a0) */
        {0x00b5252f, ERR_UNSUPPORTED, untouched},          /* amoadd.w a0, a1, (a0) */
        {0x100525af, ERR_UNSUPPORTED, untouched},          /* lr.w a1, (a0) */
        {0x02056507, ERR_UNSUPPORTED, untouched},          /* vle32.v v10, (a0) */
        {0x00000013, ERR_UNSUPPORTED, untouched},          /* nop */
        {0x00000000, ERR_UNSUPPORTED, untouched},          /* defined illegal */
        {0xffffffff, ERR_UNSUPPORTED, untouched},          /* defined illegal */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mmio_op op = untouched;
        assert_int_equal(mmio_decode_instruction(cases[i].insn, &op), cases[i].err);
        assert_op(&op, &cases[i].op);
    }
}

/* Addresses that an assembler gave for the lines beside them; register n has n << 32. */
static void addresses_as_an_assembler_writes_them(void **state)
{
    static const struct {
        uint32_t insn, base;
        int32_t offset;
    } cases[] = {
        {0xff452303, 10, -12},                        /* lw t1, -12(a0) */
        {0x7ff54503, 10, 2047},                       /* lbu a0, 2047(a0) */
        {0x80053003, 10, -2048}, {0x00b500a3, 10, 1}, /* sb a1, 1(a0) */
        {0xfe053c23, 10, -8},                         /* sd zero, -8(a0) */
        {0x7eb51fa3, 10, 2047},                       /* sh a1, 2047(a0) */
        {0x80b52023, 10, -2048},                      /* sw a1, -2048(a0) */
        {0x0005b003, 11, 0},                          /* ld zero, 0(a1) */
        {0x00003003, 0, 0},                           /* ld zero, 0(zero) */
        {0x4108, 10, 0},                              /* c.lw a0, 0(a0) */
        {0x5d7c, 10, 124},                            /* c.lw a5, 124(a0) */
        {0x43c8, 15, 4},                              /* c.lw a0, 4(a5) */
        {0xc12c, 10, 64},                             /* c.sw a1, 64(a0) */
        {0x7d7c, 10, 248},                            /* c.ld a5, 248(a0) */
        {0xe54c, 10, 136},                            /* c.sd a1, 136(a0) */
        {0x60a2, 2, 8},                               /* c.ldsp ra, 8(sp) */
        {0x70fe, 2, 504},                             /* c.ldsp ra, 504(sp) */
        {0x50fe, 2, 252},                             /* c.lwsp ra, 252(sp) */
        {0x4506, 2, 64},                              /* c.lwsp a0, 64(sp) */
        {0xe406, 2, 8},                               /* c.sdsp ra, 8(sp) */
        {0xff86, 2, 504},                             /* c.sdsp ra, 504(sp) */
        {0xdf86, 2, 252},                             /* c.swsp ra, 252(sp) */
        {0x8168, 10, 3},                              /* c.lbu a0, 3(a0) */
        {0x8148, 10, 1},                              /* c.lbu a0, 1(a0) */
        {0x8528, 10, 2},                              /* c.lhu a0, 2(a0) */
        {0x8568, 10, 2},                              /* c.lh a0, 2(a0) */
        {0x8968, 10, 3},                              /* c.sb a0, 3(a0) */
        {0x8d28, 10, 2},                              /* c.sh a0, 2(a0) */
        {0xff452507, 10, -12},                        /* flw fa0, -12(a0) */
        {0xfea53c27, 10, -8},                         /* fsd fa0, -8(a0) */
        {0x3d7c, 10, 248},                            /* c.fld fa5, 248(a0) */
        {0xbd7c, 10, 248},                            /* c.fsd fa5, 248(a0) */
        {0x357e, 2, 504},                             /* c.fldsp fa0, 504(sp) */
        {0xbfaa, 2, 504},                             /* c.fsdsp fa0, 504(sp) */
    };
    uint64_t x[32];
    for (size_t i = 0; i < 32; i++)
        x[i] = (uint64_t)i << 32;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mmio_op op;
        assert_int_equal(mmio_decode_instruction(cases[i].insn, &op), OK);
        assert_int_equal(mmio_address(cases[i].insn, x),
                         ((uint64_t)cases[i].base << 32) + (uint64_t)(int64_t)cases[i].offset);
    }
}

/* What loads or stores may have been what trapped, and nothing else: a wrong no would let the guest
 * retry for ever, a wrong yes would give it a fault of an instruction that it does not have. */
static void knows_what_can_not_have_trapped(void **state)
{
    static const uint32_t may[] = {
        0x00052507, 0x00a53027, 0x2108,     0xa108,     /* flw, fsd, c.fld, c.fsd */
        0x00b5252f, 0x02056507, 0x0005200f,             /* amoadd.w, vle32.v, cbo.inval */
        0x2502,     0xb82a,     0xb842,                 /* c.fldsp, c.fsdsp, cm.push */
        0x0000000b, 0x0000002b, 0x0000005b, 0x0000007b, /* custom */
        0x00007003, 0x00004023,                         /* reserved load and store */
    };
    static const uint32_t none[] = {
        0x00000013, 0x0001,     0x00b50533, 0x8d2d,     /* nop, c.nop, add, c.xor */
        0x0000006f, 0x00008067, 0x00b50463, 0x8082,     /* jal, jalr, beq, c.jr */
        0x000005b7, 0x00000597, 0x0800,     0x050a,     /* lui, auipc, c.addi4spn, c.slli */
        0x02a5f553, 0x02050057, 0x0005051b, 0x00b5053b, /* fadd.d, vadd.vv, addiw, addw */
        0x9002,     0x852e,                             /* c.ebreak, c.mv */
    };
    for (size_t i = 0; i < COUNT(may); i++)
        assert_true(mmio_may_access(may[i]));
    for (size_t i = 0; i < COUNT(none); i++)
        assert_false(mmio_may_access(none[i]));
    for (uint32_t insn = 0; insn <= 0xffff; insn++) {
        struct mmio_op op;
        if (mmio_decode_instruction(insn, &op) == OK)
            assert_true(mmio_may_access(insn));
    }
}

static void htinst_of_every_load_and_store(void **state)
{
    for (size_t i = 0; i < COUNT(full); i++)
        for (uint32_t reg = 0; reg < 32; reg++) {
            struct mmio_op op, expected = full[i].op;
            expected.reg = reg;
            uint32_t htinst = full[i].match | reg << full[i].reg_shift;
            assert_int_equal(mmio_decode_htinst(htinst, &op), OK);
            assert_op(&op, &expected);
            expected.length = 2; /* bits 1:0 = 01: it was compressed */
            assert_int_equal(mmio_decode_htinst(htinst & ~2U, &op), OK);
            assert_op(&op, &expected);
        }
}

static void htinst_that_tells_nothing(void **state)
{
    static const uint64_t values[] = {
        0,                            /* hardware that gives nothing */
        UINT64_C(0x1) << 32 | 0x2003, /* a later standard's value that looks like lw */
        UINT64_C(0x8000000000002003),
        0x2000, /* the RV32 page walk: guests are RV64 */
        0x2020,
        0x3002, /* bit 0 clear */
        0x2002,
        0x7003,     /* a reserved load */
        0x4023,     /* a reserved store */
        0x4007,     /* flq */
        0x5007,     /* vle16.v */
        0x6027,     /* vse32.v */
        0x0052a52f, /* amoadd.w */
        0x505b,     /* a custom value */
        UINT64_MAX,
    };
    for (size_t i = 0; i < COUNT(values); i++) {
        struct mmio_op op = untouched;
        assert_int_equal(mmio_decode_htinst(values[i], &op), ERR_NOT_FOUND);
        assert_op(&op, &untouched);
        assert_false(mmio_is_page_walk(values[i]));
    }
}

static void htinst_of_a_page_walk(void **state)
{
    static const uint64_t values[] = {0x3000, 0x3020};
    for (size_t i = 0; i < COUNT(values); i++) {
        struct mmio_op op = untouched;
        assert_true(mmio_is_page_walk(values[i]));
        assert_int_equal(mmio_decode_htinst(values[i], &op), ERR_UNSUPPORTED);
        assert_op(&op, &untouched);
        /* the loads and stores that they are made after are none */
        assert_false(mmio_is_page_walk(values[i] | 3));
        assert_false(mmio_is_page_walk(values[i] | UINT64_C(1) << 32));
    }
}

/* Bits 19:15 say how far into a misaligned access the fault is: 0 unless it began elsewhere. */
static void htinst_of_the_rest_of_a_misaligned_access(void **state)
{
    for (uint32_t offset = 1; offset < 32; offset++) {
        struct mmio_op op = untouched;
        assert_int_equal(mmio_decode_htinst(0x3003 | offset << 15, &op), ERR_UNSUPPORTED);
        assert_int_equal(mmio_decode_htinst(0x2021 | offset << 15, &op), ERR_UNSUPPORTED);
        assert_op(&op, &untouched);
    }
}

static void loads_extend_to_64_bits(void **state)
{
    static const struct {
        unsigned width;
        uint64_t raw, zero_extended, sign_extended;
    } cases[] = {
        {1, 0x7f, 0x7f, 0x7f},
        {1, 0xabcd80, 0x80, UINT64_C(0xffffffffffffff80)},
        {2, 0x17fff, 0x7fff, 0x7fff},
        {2, 0x8000, 0x8000, UINT64_C(0xffffffffffff8000)},
        {4, UINT64_C(0xff7fffffff), 0x7fffffff, 0x7fffffff},
        {4, 0x80000001, 0x80000001, UINT64_C(0xffffffff80000001)},
        {8, UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {8, 5, 5, 5},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const unsigned log = (unsigned)__builtin_ctz(cases[i].width);
        assert_int_equal(mmio_extend(cases[i].raw, log, false), cases[i].zero_extended);
        assert_int_equal(mmio_extend(cases[i].raw, log, true), cases[i].sign_extended);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_16_bit_encoding),
        cmocka_unit_test(every_32_bit_opcode_and_register),
        cmocka_unit_test(instructions_as_an_assembler_writes_them),
        cmocka_unit_test(addresses_as_an_assembler_writes_them),
        cmocka_unit_test(knows_what_can_not_have_trapped),
        cmocka_unit_test(htinst_of_every_load_and_store),
        cmocka_unit_test(htinst_that_tells_nothing),
        cmocka_unit_test(htinst_of_a_page_walk),
        cmocka_unit_test(htinst_of_the_rest_of_a_misaligned_access),
        cmocka_unit_test(loads_extend_to_64_bits),
    };
    return cmocka_run_group_tests_name("mmio_decode", tests, NULL, NULL);
}
