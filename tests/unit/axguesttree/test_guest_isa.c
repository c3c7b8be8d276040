/* What of a host's ISA a guest sees, from both forms in which a device tree writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <axguesttree/guest_isa.h>
#include <cmocka.h>
#include <string.h>

static struct guest_isa isa;

#define ALL UINT32_MAX
#define FROM_LIST(list)                                                                            \
    (struct host_isa)                                                                              \
    {                                                                                              \
        .extensions = list, .extensions_size = sizeof(list)                                        \
    }
#define FROM_STRING(string)                                                                        \
    (struct host_isa)                                                                              \
    {                                                                                              \
        .isa = string                                                                              \
    }

static enum err filter(struct host_isa host, uint32_t granted)
{
    memset(&isa, 0x55, sizeof(isa));
    return guest_isa_filter(&host, granted, &isa);
}

/* Both forms of the result; `list` ends with two NULs, the literal's and its own. */
static void expect(struct host_isa host, uint32_t granted, const char *string, const char *list,
                   size_t list_size)
{
    assert_int_equal(filter(host, granted), OK);
    assert_string_equal(isa.isa, string);
    assert_int_equal(isa.extensions_size, list_size);
    assert_memory_equal(isa.extensions, list, list_size);
}
#define EXPECT(host, granted, string, list) expect(host, granted, string, list, sizeof(list))

static void test_list(void **state)
{
    EXPECT(FROM_LIST("i\0m\0a\0f\0d\0c\0h\0zicntr\0zihpm\0zba\0sstc\0sscofpmf\0smaia\0ssaia"),
           GUEST_ISA_SSTC, "rv64imafdc_zicntr_zihpm_zba_sstc",
           "i\0m\0a\0f\0d\0c\0zicntr\0zihpm\0zba\0sstc");
}

static void test_string(void **state)
{
    EXPECT(FROM_STRING("rv64imafdch_zicntr_zihpm_zba_sstc_smaia"), GUEST_ISA_SSTC,
           "rv64imafdc_zicntr_zihpm_zba_sstc", "i\0m\0a\0f\0d\0c\0zicntr\0zihpm\0zba\0sstc");
}

static void test_list_counts_where_there_are_both(void **state)
{
    struct host_isa host = FROM_LIST("i\0m");

    host.isa = "rv64imafdc";
    EXPECT(host, 0, "rv64im", "i\0m");
}

static void test_letters_come_in_canonical_order(void **state)
{
    EXPECT(FROM_LIST("zba\0v\0c\0i\0a"), 0, "rv64iacv_zba", "zba\0v\0c\0i\0a");
}

static void test_general(void **state)
{
    EXPECT(FROM_STRING("RV64GC_Zba"), 0, "rv64imafdc_zicsr_zifencei_zba",
           "i\0m\0a\0f\0d\0zicsr\0zifencei\0c\0zba");
}

static void test_versions(void **state)
{
    EXPECT(FROM_STRING("rv64i2p1m2_a2p1f2p2d2p2c_zicsr2p0_zve32x1p0_zvl128b1p0_za64rs1_zic64b"), 0,
           "rv64imafdc_zicsr_zve32x_zvl128b_za64rs_zic64b",
           "i\0m\0a\0f\0d\0c\0zicsr\0zve32x\0zvl128b\0za64rs\0zic64b");
}

static void test_the_letter_p_is_no_version(void **state)
{
    EXPECT(FROM_STRING("rv64ipm"), 0, "rv64im", "i\0m");
}

static void test_each_once(void **state)
{
    EXPECT(FROM_STRING("rv64gi_zicsr_m_zicsr"), 0, "rv64imafd_zicsr_zifencei",
           "i\0m\0a\0f\0d\0zicsr\0zifencei");
}

static void test_grants(void **state)
{
    static const char host[] = "i\0zicbom\0zicboz\0zicbop\0sstc\0svpbmt\0svadu\0svade\0svinval";

    EXPECT(FROM_LIST(host), 0, "rv64i_zicbop_svade_svinval", "i\0zicbop\0svade\0svinval");
    EXPECT(FROM_LIST(host), GUEST_ISA_ZICBOM, "rv64i_zicbom_zicbop_svade_svinval",
           "i\0zicbom\0zicbop\0svade\0svinval");
    EXPECT(FROM_LIST(host), GUEST_ISA_ZICBOZ, "rv64i_zicboz_zicbop_svade_svinval",
           "i\0zicboz\0zicbop\0svade\0svinval");
    EXPECT(FROM_LIST(host), GUEST_ISA_SVPBMT, "rv64i_zicbop_svpbmt_svade_svinval",
           "i\0zicbop\0svpbmt\0svade\0svinval");
    EXPECT(FROM_LIST(host), GUEST_ISA_SVADU, "rv64i_zicbop_svadu_svade_svinval",
           "i\0zicbop\0svadu\0svade\0svinval");
    EXPECT(FROM_LIST(host), GUEST_ISA_SSTC, "rv64i_zicbop_sstc_svade_svinval",
           "i\0zicbop\0sstc\0svade\0svinval");
    static const char switched[] = "i\0zicfilp\0zicfiss\0smnpm\0ssnpm";
    EXPECT(FROM_LIST(switched), 0, "rv64i", "i");
    EXPECT(FROM_LIST(switched), GUEST_ISA_ZICFILP, "rv64i_zicfilp", "i\0zicfilp");
    EXPECT(FROM_LIST(switched), GUEST_ISA_ZICFISS, "rv64i_zicfiss", "i\0zicfiss");
    EXPECT(FROM_LIST(switched), GUEST_ISA_POINTER_MASKING, "rv64i_smnpm_ssnpm", "i\0smnpm\0ssnpm");
    EXPECT(FROM_LIST("i\0smaia\0ssaia"), 0, "rv64i", "i");
    EXPECT(FROM_LIST("i\0smaia\0ssaia"), GUEST_ISA_SSAIA, "rv64i_ssaia", "i\0ssaia");
    EXPECT(FROM_LIST("i"), ALL, "rv64i", "i"); /* a grant gives nothing that the host lacks */
}

/* What needs state or enable bits that a guest does not get, on a host that has everything. */
static void test_left_out(void **state)
{
    static const char *const out[] = {
        "h",         "zkr",    "zk",       "zcmt",     "smaia",   "sscofpmf", "sspm",
        "supm",      "smmpm",  "sdtrig",   "ssdbltrp", "smrnmi",  "sscsrind", "smstateen",
        "ssstateen", "ssccfg", "smcdeleg", "smctr",    "ssctr",   "sha",      "shcounterenw",
        "smepmp",    "q",      "e",        "xfoo",     "zicbomx", "zic",      "ss",
    };
    char list[64];

    for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++) {
        struct host_isa host = {.extensions = list};
        memcpy(list, "i", 2);
        memcpy(list + 2, out[i], strlen(out[i]) + 1);
        host.extensions_size = 2 + strlen(out[i]) + 1;
        EXPECT(host, ALL, "rv64i", "i");
    }
}

static void test_vector_names(void **state)
{
    EXPECT(FROM_LIST("i\0v\0zve64d\0zvl256b\0zvfh\0zvkned\0zvbb"), 0,
           "rv64iv_zve64d_zvl256b_zvfh_zvkned_zvbb", "i\0v\0zve64d\0zvl256b\0zvfh\0zvkned\0zvbb");
}

static void test_has(void **state)
{
    assert_int_equal(filter(FROM_LIST("i\0zicbom\0zicboz"), GUEST_ISA_ZICBOM), OK);
    assert_true(guest_isa_has(&isa, "i"));
    assert_true(guest_isa_has(&isa, "zicbom"));
    assert_false(guest_isa_has(&isa, "zicboz"));
    assert_false(guest_isa_has(&isa, "zic"));
    assert_false(guest_isa_has(&isa, "zicbomx"));
    assert_false(guest_isa_has(&isa, ""));
}

static void test_errors(void **state)
{
    assert_int_equal(filter((struct host_isa){0}, 0), ERR_INVALID);
    assert_int_equal(filter(FROM_STRING("rv32imac"), 0), ERR_UNSUPPORTED);
    assert_int_equal(filter(FROM_STRING("rv6"), 0), ERR_UNSUPPORTED);
    assert_int_equal(filter(FROM_STRING(""), 0), ERR_UNSUPPORTED);
    assert_int_equal(filter(FROM_STRING("rv64"), 0), ERR_FORMAT);
    assert_int_equal(filter(FROM_STRING("rv64ma"), 0), ERR_FORMAT);
    assert_int_equal(filter(FROM_LIST("m\0a"), 0), ERR_FORMAT);
    assert_int_equal(filter((struct host_isa){.extensions = "i", .extensions_size = 1}, 0),
                     ERR_FORMAT);
    assert_int_equal(filter((struct host_isa){.extensions = "i", .extensions_size = 0}, 0),
                     ERR_FORMAT);
}

/* A list that just fits, and one that does not: neither form is written beyond its end. */
static void test_capacity(void **state)
{
    static char list[2 * GUEST_ISA_SIZE];
    size_t size = 2;

    memcpy(list, "i", 2);
    for (uint32_t n = 0; size + 8 <= GUEST_ISA_SIZE - 6; n++, size += 8) {
        char name[8] = {
            'z', 'v', (char)('a' + n / 676), (char)('a' + n / 26 % 26), (char)('a' + n % 26),
            'x', 'x'};
        memcpy(list + size, name, 8);
    }
    struct host_isa host = {.extensions = list, .extensions_size = size};
    assert_int_equal(filter(host, 0), OK);
    assert_int_equal(isa.extensions_size, size);
    assert_int_equal(strlen(isa.isa), size + 3); /* "rv64i" for "i\0", "_" for NUL */

    memcpy(list + size, "zvlast9", 8);
    host.extensions_size = size + 8;
    assert_int_equal(filter(host, 0), ERR_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_string),
        cmocka_unit_test(test_list_counts_where_there_are_both),
        cmocka_unit_test(test_letters_come_in_canonical_order),
        cmocka_unit_test(test_general),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_the_letter_p_is_no_version),
        cmocka_unit_test(test_each_once),
        cmocka_unit_test(test_grants),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_vector_names),
        cmocka_unit_test(test_has),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_capacity),
    };
    return cmocka_run_group_tests_name("axvm/guest_isa", tests, NULL, NULL);
}
