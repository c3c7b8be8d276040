/*
 * An interrupt file and the CSRs of the AIA (AIA 1.0 §2, §3): registers that are not there, values
 * that mean nothing, accesses from where they are not allowed.
 */
#include "cases.h"
#include "encode.h"
#include "widths.h"
#include <axbare/imsic.h>
#include <stdio.h>

#define PAGE UINT64_C(0x1000)
#define MACHINE_FILES UINT64_C(0x24000000) /* M-mode's, of QEMU's virt machine */
#define SETEIPNUM_BE 4
#define ALL_ONES UINT64_MAX
#define STOPEI_OF(identity) ((uint64_t)(identity) << 16 | (identity))

enum { EIDELIVERY = 0x70, EITHRESHOLD = 0x72, EIP0 = 0x80, EIP2 = 0x82, EIP6 = 0x86, EIE0 = 0xc0 };

static const struct case_of for_nobody[] = {
    {"csrr vsiselect", CSR_READ(0x250)}, {"csrw vsiselect", CSR_WRITE(0x250)},
    {"csrr vsireg", CSR_READ(0x251)},    {"csrw vsireg", CSR_WRITE(0x251)},
    {"csrr vstopei", CSR_READ(0x25c)},   {"csrw vstopei", CSR_WRITE(0x25c)},
    {"csrr vstopi", CSR_READ(0xeb0)},    {"csrr hgeie", CSR_READ(0x607)},
    {"csrw hgeie", CSR_WRITE(0x607)},    {"csrr hgeip", CSR_READ(0xe12)},
    {"csrr hvien", CSR_READ(0x608)},     {"csrw hvien", CSR_WRITE(0x608)},
    {"csrr hvictl", CSR_READ(0x609)},    {"csrw hvictl", CSR_WRITE(0x609)},
    {"csrr hviprio1", CSR_READ(0x646)},  {"csrw hviprio2", CSR_WRITE(0x647)},
    {"csrr mvien", CSR_READ(0x308)},     {"csrr miselect", CSR_READ(0x350)},
    {"csrw miselect", CSR_WRITE(0x350)}, {"csrr mireg", CSR_READ(0x351)},
    {"csrr mtopei", CSR_READ(0x35c)},    {"csrr mtopi", CSR_READ(0xfb0)},
    {"csrr sireg2", CSR_READ(0x152)},    {"csrw sireg6", CSR_WRITE(0x157)},
    {"csrr sieh", CSR_READ(0x114)},      {"csrr siph", CSR_READ(0x154)},
    {"csrw stopi", CSR_WRITE(0xdb0)},
};

static const struct case_of for_supervisor[] = {
    {"csrr siselect", CSR_READ(0x150)}, {"csrw siselect", CSR_WRITE(0x150)},
    {"csrr sireg", CSR_READ(0x151)},    {"csrw sireg", CSR_WRITE(0x151)},
    {"csrr stopei", CSR_READ(0x15c)},   {"csrw stopei", CSR_WRITE(0x15c)},
    {"csrr stopi", CSR_READ(0xdb0)},
};

static void csr_cases(void)
{
    csr_write(CSR_SISELECT, EIDELIVERY);
    for (unsigned i = 0; i < sizeof for_nobody / sizeof *for_nobody; i++) {
        check_illegal(&for_nobody[i], SUPERVISOR);
        check_illegal(&for_nobody[i], USER);
    }
    for (unsigned i = 0; i < sizeof for_supervisor / sizeof *for_supervisor; i++)
        check_illegal(&for_supervisor[i], USER);
}

static uint64_t read_indirect(uint64_t select)
{
    csr_write(CSR_SISELECT, select);
    return csr_read(CSR_SIREG);
}

static void write_indirect(uint64_t select, uint64_t value)
{
    csr_write(CSR_SISELECT, select);
    csr_write(CSR_SIREG, value);
}

/* §2.1, §3.8, §5.2.2: what siselect may not say when sireg is accessed. */
static void bad_selects(void)
{
    static const uint16_t selects[] = {0x00, 0x01, 0x2f, 0x31, 0x33, 0x3f,  0x40,  0x6f, 0x81,
                                       0x87, 0xbf, 0xc1, 0xc7, 0xff, 0x100, 0x17f, 0x1ff};
    char name[CHECK_NAME];
    for (unsigned i = 0; i < sizeof selects / sizeof *selects; i++) {
        csr_write(CSR_SISELECT, selects[i]);
        snprintf(name, sizeof name, "siselect %#x: csrr sireg", selects[i]);
        check_illegal(&(struct case_of){name, CSR_READ(CSR_SIREG)}, SUPERVISOR);
        snprintf(name, sizeof name, "siselect %#x: csrw sireg", selects[i]);
        check_illegal(&(struct case_of){name, CSR_WRITE(CSR_SIREG)}, SUPERVISOR);
    }
}

/* Registers that are there, and hold nothing: reserved ones, and bits of identities beyond. */
static void empty_selects(void)
{
    static const uint16_t selects[] = {0x71, 0x73, 0x7f, 0x88, 0xbe, 0xc8, 0xfe};
    char name[CHECK_NAME];
    for (unsigned i = 0; i < sizeof selects / sizeof *selects; i++) {
        csr_write(CSR_SISELECT, selects[i]);
        snprintf(name, sizeof name, "siselect %#x: csrw sireg", selects[i]);
        check_runs(name, put(CSR_WRITE(CSR_SIREG)), 4, SUPERVISOR, 0, ALL_ONES, ALL_ONES);
        snprintf(name, sizeof name, "siselect %#x: csrr sireg", selects[i]);
        check_runs(name, put(CSR_READ(CSR_SIREG)), 4, SUPERVISOR, 0, 1, 0);
    }
}

/* Bits that a register does not have stay 0. */
static void stray_bits(void)
{
    static const struct {
        const char *name;
        uint64_t select, value, kept;
    } writes[] = {{"eidelivery", EIDELIVERY, 3, 1},
                  {"eip0", EIP0, ALL_ONES, ALL_ONES << 1},
                  {"eip2", EIP2, ALL_ONES, ALL_ONES},
                  {"eie0", EIE0, ALL_ONES, ALL_ONES << 1}};
    char name[CHECK_NAME];
    for (unsigned i = 0; i < sizeof writes / sizeof *writes; i++) {
        write_indirect(writes[i].select, writes[i].value);
        snprintf(name, sizeof name, "%s: bits", writes[i].name);
        check_one(name, "value", read_indirect(writes[i].select), writes[i].kept);
        write_indirect(writes[i].select, 0);
    }
}

/* csrs and csrc of sireg change what they name, and give what was there. */
static void bit_cases(void)
{
    uint64_t old[3];
    write_indirect(EIE0, 0xf0);
    __asm__ volatile("csrrs %0, 0x151, %1" : "=r"(old[0]) : "r"(UINT64_C(0x0c)) : "memory");
    __asm__ volatile("csrrc %0, 0x151, %1" : "=r"(old[1]) : "r"(UINT64_C(0x18)) : "memory");
    __asm__ volatile("csrrsi %0, 0x151, 2" : "=r"(old[2]) : : "memory");
    check_equal("sireg by bits", "before each, then",
                VALUES(old[0], old[1], old[2], read_indirect(EIE0)), VALUES(0xf0, 0xfc, 0xe4, 0xe6),
                4);
    write_indirect(EIE0, 0);
}

/* What pends of identities 1 to 255. */
static void check_pending(const char *name, uint64_t low, uint64_t high)
{
    check_equal(
        name, "eip0 eip2|eip4 eip6",
        VALUES(read_indirect(EIP0), read_indirect(EIP2) | read_indirect(0x84), read_indirect(EIP6)),
        VALUES(low, 0, high), 3);
    for (uint64_t r = EIP0; r <= EIP6; r += 2)
        write_indirect(r, 0);
}

/* §3.5: an identity that is not there is ignored, and so is a store to where no register is. */
static void message_cases(uint64_t page)
{
    static const uint32_t nobody[] = {0, 256, 257, 2047, 2048, 0x10001, 0x80000001, UINT32_MAX};
    char name[CHECK_NAME];
    for (unsigned i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        snprintf(name, sizeof name, "seteipnum %#x", nobody[i]);
        check_store(name, page, nobody[i]);
        check_pending(name, 0, 0);
    }
    check_store("seteipnum 255", page, 255);
    check_pending("seteipnum 255", 0, UINT64_C(1) << 63);
    check_store("seteipnum_be", page + SETEIPNUM_BE, 5);
    check_store("imsic: no register", page + 8, 5);
    check_store("imsic: last word", page + PAGE - 4, 5);
    check_pending("stores to no register", 0, 0);
    check_store("seteipnum_be 5", page + SETEIPNUM_BE, __builtin_bswap32(5));
    check_pending("seteipnum_be 5", 1 << 5, 0);
}

static void page_cases(const struct machine *machine)
{
    uint64_t page = machine->imsic, end = machine->peer_imsic + PAGE;
    check_word("imsic", page, 0);
    check_word("imsic +4", page + SETEIPNUM_BE, 0);
    check_word("imsic: no register", page + 8, 0);
    check_word("imsic: last word", page + PAGE - 4, 0);
    refuse_other_widths("imsic", page);
    refuse_other_widths("imsic of the other", machine->peer_imsic);
    refuse_word("below the imsics", page - 4);
    refuse_word("after the imsics", end);
    refuse_word("far after the imsics", end + 2 * PAGE);
    refuse_word("M-mode's imsics", MACHINE_FILES);
    check_pending("nothing pends of it", 0, 0);
}

/* stopei: a claim takes what is shown, whatever is written; of nothing it takes nothing. */
static void claim_cases(uint64_t page)
{
    check_runs("stopei of nothing", put(CSR_READ(CSR_STOPEI)), 4, SUPERVISOR, 0, 1, 0);
    check_runs("claim of nothing", put(CSR_WRITE(CSR_STOPEI)), 4, SUPERVISOR, 0, ALL_ONES,
               ALL_ONES);
    write_indirect(EIE0, 3 << 5);
    imsic_send(page, 6);
    imsic_send(page, 5);
    check_one("stopei, two pend", "value", csr_read(CSR_STOPEI), STOPEI_OF(5));
    csr_write(CSR_STOPEI, ALL_ONES);
    check_one("stopei, one is claimed", "value", csr_read(CSR_STOPEI), STOPEI_OF(6));
    write_indirect(EITHRESHOLD, 6);
    check_one("stopei, at the threshold", "value", csr_read(CSR_STOPEI), 0);
    write_indirect(EITHRESHOLD, 0);
    csr_write(CSR_STOPEI, 0);
    check_pending("all are claimed", 0, 0);
    write_indirect(EIE0, 0);
}

void imsic_cases(const struct machine *machine)
{
    if (machine->imsic == 0 || machine->peer_imsic != machine->imsic + PAGE)
        fail("imsic: expected files of two harts, one after the other");
    csr_cases();
    bad_selects();
    empty_selects();
    stray_bits();
    bit_cases();
    page_cases(machine);
    message_cases(machine->imsic);
    claim_cases(machine->imsic);
}
