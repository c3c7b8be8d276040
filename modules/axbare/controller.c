/* Hart 0's S-mode has the PLIC's context 1, as on QEMU's virt machine. */
#include <axbare/controller.h>
#include <axbare/fdt.h>
#include <axbare/imsic.h>
#include <stddef.h>

enum { /* PLIC 1.0.0, "Memory Map" */
       PLIC_ENABLE = 0x2080,
       PLIC_THRESHOLD = 0x201000,
       PLIC_CLAIM = 0x201004,
};

enum { /* AIA 1.0 §4.5, §4.8 */
       DOMAINCFG = 0x0000,
       SOURCECFG0 = 0x0000, /* of source 0, which there is not */
       IN_CLRIP = 0x1d00,
       SETIENUM = 0x1edc,
       SETIPNUM_LE = 0x2000,
       TARGET0 = 0x3000,
       IDELIVERY = 0x4000,
       ITHRESHOLD = 0x4008,
       CLAIMI = 0x401c,
};
#define DOMAINCFG_IE (1u << 8)
#define LEVEL1 6
#define PRIORITY 1

static uint64_t base; /* of the controller that was found */

static volatile uint32_t *at(uint32_t offset)
{
    return (volatile uint32_t *)(base + offset);
}

/* Of registers with a bit for each source: the offset of a source's word, and its bit there. */
static uint32_t word_of(uint32_t source)
{
    return source / 32 * 4;
}

static uint32_t bit_of(uint32_t source)
{
    return UINT32_C(1) << source % 32;
}

static void plic_open(uint32_t source)
{
    *at(4 * source) = PRIORITY;
    *at(PLIC_ENABLE + word_of(source)) = bit_of(source);
    *at(PLIC_THRESHOLD) = 0;
}

static bool plic_claim(uint32_t source)
{
    return *at(PLIC_CLAIM) == source;
}

static void plic_end(uint32_t source)
{
    *at(PLIC_CLAIM) = source;
}

/* Hart 0 is target 0, with a priority or an identity. */
static void aplic_open(uint32_t source, uint32_t target)
{
    *at(SOURCECFG0 + 4 * source) = LEVEL1;
    *at(TARGET0 + 4 * source) = target;
    *at(SETIENUM) = source;
    *at(DOMAINCFG) = DOMAINCFG_IE;
}

static void direct_open(uint32_t source)
{
    aplic_open(source, PRIORITY);
    *at(ITHRESHOLD) = 0;
    *at(IDELIVERY) = 1;
}

static bool direct_claim(uint32_t source)
{
    return *at(CLAIMI) >> 16 == source;
}

/* There is no completion: the next claim finds nothing. */
static void direct_end(uint32_t source)
{
    (void)source;
    (void)*at(CLAIMI);
}

static void msi_open(uint32_t source)
{
    imsic_open(WIRE_IDENTITY);
    aplic_open(source, WIRE_IDENTITY);
}

static bool msi_claim(uint32_t source)
{
    (void)source;
    return imsic_claim() == WIRE_IDENTITY;
}

/* What is active still is sent again (AIA 1.0 §4.9.2, second option). */
static void msi_end(uint32_t source)
{
    *at(SETIPNUM_LE) = source;
}

bool aplic_input(uint32_t source)
{
    return (*at(IN_CLRIP + word_of(source)) & bit_of(source)) != 0;
}

const struct controller *controller_of(const void *fdt)
{
    static const struct controller with_plic = {plic_open, plic_claim, plic_end},
                                   direct = {direct_open, direct_claim, direct_end},
                                   with_imsic = {msi_open, msi_claim, msi_end};
    int node = fdt_node_offset_by_compatible(fdt, -1, "riscv,aplic");
    if (node < 0) {
        base = fdt_base(fdt, fdt_node_offset_by_compatible(fdt, -1, "riscv,plic0"));
        return &with_plic;
    }
    base = fdt_base(fdt, node);
    return fdt_getprop(fdt, node, "msi-parent", NULL) != NULL ? &with_imsic : &direct;
}
