/* Addresses and numbers of QEMU's virt machine. */
#include "controller.h"
#include <axbare/fdt.h>
#include <axbare/imsic.h>
#include <stddef.h>

#define CLOCK_SOURCE 11
#define CLOCK_BIT (1u << CLOCK_SOURCE)

#define PLIC UINT64_C(0x0c000000)
enum {
    PLIC_PRIORITY = 4 * CLOCK_SOURCE,
    PLIC_ENABLE = 0x2080, /* of hart 0's S-mode */
    PLIC_THRESHOLD = 0x201000,
    PLIC_CLAIM = 0x201004,
};

#define APLIC UINT64_C(0x0d000000) /* AIA 1.0 §4.5, §4.8 */
enum {
    DOMAINCFG = 0x0000,
    SOURCECFG = 4 * CLOCK_SOURCE,
    IN_CLRIP = 0x1d00,
    SETIENUM = 0x1edc,
    SETIPNUM_LE = 0x2000,
    TARGET = 0x3000 + 4 * CLOCK_SOURCE,
    IDELIVERY = 0x4000,
    ITHRESHOLD = 0x4008,
    CLAIMI = 0x401c,
};
#define DOMAINCFG_IE (1u << 8)
#define LEVEL1 6
#define PRIORITY 1

static volatile uint32_t *plic(uint32_t offset)
{
    return (volatile uint32_t *)(PLIC + offset);
}

static volatile uint32_t *aplic(uint32_t offset)
{
    return (volatile uint32_t *)(APLIC + offset);
}

static void plic_open(void)
{
    *plic(PLIC_PRIORITY) = PRIORITY;
    *plic(PLIC_ENABLE) = CLOCK_BIT;
    *plic(PLIC_THRESHOLD) = 0;
}

static bool plic_claim(void)
{
    return *plic(PLIC_CLAIM) == CLOCK_SOURCE;
}

static void plic_end(void)
{
    *plic(PLIC_CLAIM) = CLOCK_SOURCE;
}

/* Hart 0 is target 0, with a priority or an identity. */
static void aplic_open(uint32_t target)
{
    *aplic(SOURCECFG) = LEVEL1;
    *aplic(TARGET) = target;
    *aplic(SETIENUM) = CLOCK_SOURCE;
    *aplic(DOMAINCFG) = DOMAINCFG_IE;
}

static void direct_open(void)
{
    aplic_open(PRIORITY);
    *aplic(ITHRESHOLD) = 0;
    *aplic(IDELIVERY) = 1;
}

static bool direct_claim(void)
{
    return *aplic(CLAIMI) >> 16 == CLOCK_SOURCE;
}

/* There is no completion: the next claim finds nothing. */
static void direct_end(void)
{
    (void)*aplic(CLAIMI);
}

static void msi_open(void)
{
    imsic_open(CLOCK_IDENTITY);
    aplic_open(CLOCK_IDENTITY);
}

static bool msi_claim(void)
{
    return imsic_claim() == CLOCK_IDENTITY;
}

/* What is active still is sent again (AIA 1.0 §4.9.2, second option). */
static void msi_end(void)
{
    *aplic(SETIPNUM_LE) = CLOCK_SOURCE;
}

bool aplic_input(void)
{
    return (*aplic(IN_CLRIP) & CLOCK_BIT) != 0;
}

const struct controller *controller_of(const void *fdt)
{
    static const struct controller with_plic = {plic_open, plic_claim, plic_end},
                                   direct = {direct_open, direct_claim, direct_end},
                                   with_imsic = {msi_open, msi_claim, msi_end};
    int node = fdt_node_offset_by_compatible(fdt, -1, "riscv,aplic");
    if (node < 0)
        return &with_plic;
    return fdt_getprop(fdt, node, "msi-parent", NULL) != NULL ? &with_imsic : &direct;
}
