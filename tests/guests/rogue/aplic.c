/*
 * The supervisor-level domain of an APLIC (AIA 1.0 §4), with MSIs or with direct delivery:
 * registers that are not there, numbers of no source, of no hart and of no identity.
 */
#include "cases.h"
#include "widths.h"
#include <axbare/imsic.h>
#include <stdio.h>
#include <string.h>

#define APLIC UINT64_C(0x0d000000) /* of QEMU's virt machine */
#define APLIC_END (APLIC + 0x8000)
#define MACHINE_APLIC UINT64_C(0x0c000000)
#define SOURCES 96
#define SOURCE 50 /* without a device */

enum {
    DOMAINCFG = 0x0000,
    SOURCECFG = 0x0000, /* of source n: + 4 n */
    MMSIADDRCFG = 0x1bc0,
    SMSIADDRCFGH = 0x1bcc,
    SETIP = 0x1c00,
    SETIPNUM = 0x1cdc,
    CLRIPNUM = 0x1ddc,
    SETIE = 0x1e00,
    SETIENUM = 0x1edc,
    CLRIENUM = 0x1fdc,
    SETIPNUM_LE = 0x2000,
    SETIPNUM_BE = 0x2004,
    GENMSI = 0x3000,
    TARGET = 0x3000, /* of source n: + 4 n */
    IDC = 0x4000,    /* of hart n: + 32 n */
};
enum { IDELIVERY = 0, IFORCE = 4, ITHRESHOLD = 8, TOPI = 0x18, CLAIMI = 0x1c, IDC_SIZE = 32 };
enum { MODE_DETACHED = 1, MODE_EDGE1 = 4 };
#define DELEGATED (1 << 10)
#define HART(n) ((uint32_t)(n) << 18)

static volatile uint32_t *at(uint64_t offset)
{
    return (volatile uint32_t *)(APLIC + offset);
}

/* Stores, and then looks at what is there. */
static void check_kept(const char *name, uint64_t offset, uint32_t value, uint32_t kept)
{
    check_store(name, APLIC + offset, value);
    check_one(name, "value", *at(offset), kept);
}

/* All words of pending and enable bits. */
static void check_bits(const char *name, uint32_t pending, uint32_t enabled)
{
    uint32_t others = 0;
    for (unsigned word = 0; word <= SOURCES / 32; word++)
        if (word != SOURCE / 32)
            others |= *at(SETIP + 4 * word) | *at(SETIE + 4 * word);
    check_equal(name, "setip setie others",
                VALUES(*at(SETIP + SOURCE / 32 * 4), *at(SETIE + SOURCE / 32 * 4), others),
                VALUES(pending, enabled, 0), 3);
}

static void place_cases(void)
{
    refuse_other_widths("aplic", APLIC + TARGET + 4 * SOURCE);
    refuse_other_widths("aplic's domaincfg", APLIC + DOMAINCFG);
    refuse_word("after the aplic", APLIC_END);
    refuse_word("below the aplic", APLIC - 4);
    refuse_word("M-mode's aplic", MACHINE_APLIC);
    check_kept("aplic: sourcecfg of no source", SOURCECFG + 4 * (SOURCES + 1), MODE_EDGE1, 0);
    check_kept("aplic: target of no source", TARGET + 4 * (SOURCES + 1), 1, 0);
    check_kept("aplic: mmsiaddrcfg", MMSIADDRCFG, UINT32_MAX, 0);
    check_kept("aplic: smsiaddrcfgh", SMSIADDRCFGH, UINT32_MAX, 0);
    check_kept("aplic: no register", 0x2008, UINT32_MAX, 0);
    check_kept("aplic: setip beyond", SETIP + 4 * (SOURCES / 32 + 1), UINT32_MAX, 0);
}

/* Sources of no mode can't be set, enabled or sent anywhere; numbers of no source do nothing. */
static void inactive_cases(void)
{
    static const uint16_t registers[] = {SETIPNUM, SETIPNUM_LE, SETIENUM, CLRIPNUM, CLRIENUM};
    static const uint32_t numbers[] = {0, SOURCE, SOURCES, SOURCES + 1, 1023, 1024, UINT32_MAX};
    char name[CHECK_NAME];
    for (unsigned r = 0; r < sizeof registers / sizeof *registers; r++) {
        for (unsigned n = 0; n < sizeof numbers / sizeof *numbers; n++) {
            snprintf(name, sizeof name, "aplic: %#x of %#x", numbers[n], registers[r]);
            check_kept(name, registers[r], numbers[n], 0);
        }
    }
    check_store("aplic: setipnum_be", APLIC + SETIPNUM_BE, __builtin_bswap32(SOURCE));
    check_store("aplic: setip", APLIC + SETIP + SOURCE / 32 * 4, UINT32_MAX);
    check_store("aplic: setie", APLIC + SETIE + SOURCE / 32 * 4, UINT32_MAX);
    check_kept("aplic: target, inactive", TARGET + 4 * SOURCE, HART(1) | 5, 0);
    check_bits("aplic: inactive sources", 0, 0);
}

static void mode_cases(void)
{
    check_kept("aplic: mode 2", SOURCECFG + 4 * SOURCE, 2, 0);
    check_kept("aplic: mode 3", SOURCECFG + 4 * SOURCE, 3, 0);
    check_kept("aplic: delegated to no child", SOURCECFG + 4 * SOURCE, DELEGATED, 0);
    check_kept("aplic: mode with stray bits", SOURCECFG + 4 * SOURCE, 0xfffff800 | MODE_DETACHED,
               MODE_DETACHED);
}

/* The source pends and is enabled while the domain is: what its target makes of it. */
static void fire(uint32_t target)
{
    *at(SOURCECFG + 4 * SOURCE) = MODE_DETACHED;
    *at(TARGET + 4 * SOURCE) = target;
    *at(SETIENUM) = SOURCE;
    *at(SETIPNUM) = SOURCE;
}

static void quench(void)
{
    *at(SOURCECFG + 4 * SOURCE) = 0;
}

/* Identities that pend in this hart's file, which are taken. */
static uint64_t pending_low(void)
{
    csr_write(CSR_SISELECT, 0x80);
    return csr_swap(CSR_SIREG, 0);
}

static void message_cases(void)
{
    static const struct {
        const char *name;
        uint32_t target;
        uint64_t pending;
    } targets[] = {{"identity 5", 5, 1 << 5},   {"identity 0", 0, 0},
                   {"identity 256", 256, 0},    {"identity 2047", 2047, 0},
                   {"no hart", HART(2) | 5, 0}, {"hart 16383", HART(0x3fff) | 5, 0}};
    char name[CHECK_NAME];
    *at(DOMAINCFG) = 1 << 8;
    check_one("aplic: domaincfg", "value", *at(DOMAINCFG), 0x80000104);
    for (unsigned i = 0; i < sizeof targets / sizeof *targets; i++) {
        snprintf(name, sizeof name, "aplic: target of %s", targets[i].name);
        fire(targets[i].target);
        check_equal(name, "eip0 setip", VALUES(pending_low(), *at(SETIP + SOURCE / 32 * 4)),
                    VALUES(targets[i].pending, 0), 2);
        quench();
        snprintf(name, sizeof name, "aplic: genmsi to %s", targets[i].name);
        check_store(name, APLIC + GENMSI, targets[i].target);
        check_one(name, "eip0", pending_low(), targets[i].pending);
    }
    check_kept("aplic: idelivery with MSIs", IDC + IDELIVERY, 1, 0);
    *at(DOMAINCFG) = 0;
}

static void idc_cases(void)
{
    *at(DOMAINCFG) = 1 << 8;
    check_one("aplic: domaincfg", "value", *at(DOMAINCFG), 0x80000100);
    refuse_other_widths("idc", APLIC + IDC + TOPI);
    check_kept("idc: idelivery", IDC + IDELIVERY, UINT32_MAX, 1);
    check_kept("idc: iforce", IDC + IFORCE, UINT32_MAX, 1);
    check_one("idc: claim of nothing ends it", "claimi", *at(IDC + CLAIMI), 0);
    check_one("idc: claim of nothing ends it", "iforce", *at(IDC + IFORCE), 0);
    check_kept("idc: ithreshold", IDC + ITHRESHOLD, UINT32_MAX, 7);
    check_kept("idc: ithreshold", IDC + ITHRESHOLD, 0, 0);
    check_kept("idc: topi", IDC + TOPI, UINT32_MAX, 0);
    check_kept("idc: no register", IDC + 0x0c, UINT32_MAX, 0);
    check_kept("idc of no hart", IDC + 2 * IDC_SIZE + IDELIVERY, 1, 0);
    fire(HART(0x3fff) | 1);
    check_one("aplic: target of no hart", "topi", *at(IDC + TOPI), 0);
    quench();
    fire(0);
    check_one("aplic: priority 0 is 1", "topi", *at(IDC + TOPI), SOURCE << 16 | 1);
    check_one("aplic: claim", "claimi", *at(IDC + CLAIMI), SOURCE << 16 | 1);
    check_kept("aplic: genmsi without MSIs", GENMSI, 5, 0);
    quench();
    *at(IDC + IDELIVERY) = 0;
    *at(DOMAINCFG) = 0;
}

static void aplic_cases(bool messages)
{
    place_cases();
    inactive_cases();
    mode_cases();
    quench();
    if (messages)
        message_cases();
    else
        idc_cases();
    check_bits("aplic: is left as it was", 0, 0);
}

void aia_cases(const char *name, const struct machine *machine)
{
    bool messages = strcmp(name, "aia") == 0;
    if (!messages && strcmp(name, "aplic") != 0)
        return;
    if (messages)
        imsic_cases(machine);
    aplic_cases(messages);
    check_summary();
    shut_down(SBI_SRST_NO_REASON);
}
