/* What a function can besides the header: the list of capabilities (PCI 3.0 §6.7), and that of
 * extended ones (PCI Express 5.0 §7.6.3), as the function has them. */
#include <axdriver/pci.h>
#include <lib/bits.h>
#include "pci_parts.h"

#define STATUS 0x06
#define STATUS_CAPABILITIES (UINT32_C(1) << 4)
#define POINTER UINT32_C(0xfc)
#define NO_EXTENDED UINT32_MAX /* read where the function has no such space */

static uint32_t next_ordinary(uint32_t id, uint32_t at)
{
    if (at == 0 && (pci_read(id, STATUS, 2) & STATUS_CAPABILITIES) == 0)
        return 0;
    uint32_t pointer = at == 0 ? PCI_CAPABILITIES : at + PCI_CAPABILITY_NEXT;
    uint32_t next = pci_read(id, pointer, 1) & POINTER;
    return next >= PCI_HEADER_END ? next : 0;
}

uint32_t pci_find_capability(uint32_t id, uint32_t capability)
{
    uint32_t at = next_ordinary(id, 0);
    for (uint32_t n = 0; at != 0 && n < PCI_MAX_CAPABILITIES; n++, at = next_ordinary(id, at))
        if (pci_read(id, at, 1) == capability)
            return at;
    return 0;
}

static bool is_listed(const struct pci_function *function, uint32_t at)
{
    for (uint32_t i = 0; i < function->capability_count; i++)
        if (function->capabilities[i].at == at)
            return true;
    return false;
}

/* False: there is no room for it, or it was there: the function's list is a ring. */
static bool add(struct pci_function *function, uint32_t at, uint32_t capability)
{
    if (function->capability_count == PCI_MAX_CAPABILITIES || is_listed(function, at))
        return false;
    function->capabilities[function->capability_count++] =
        (struct pci_capability){(uint16_t)at, (uint16_t)capability};
    return true;
}

static void list_ordinary(struct pci_function *function)
{
    uint32_t at = next_ordinary(function->id, 0);
    while (at != 0 && add(function, at, pci_read(function->id, at, 1)))
        at = next_ordinary(function->id, at);
}

/* A list that begins at a fixed place; 0 there: it is empty. */
static void list_extended(struct pci_function *function)
{
    uint32_t at = PCI_EXTENDED;
    while (at >= PCI_EXTENDED) {
        uint32_t header = pci_read(function->id, at, 4);
        if (header == 0 || header == NO_EXTENDED || !add(function, at, PCI_EXTENDED_ID(header)))
            return;
        at = PCI_EXTENDED_NEXT(header);
    }
}

/* Only a function of PCI Express has a space for the second list. */
void pci_list_capabilities(struct pci_function *function)
{
    function->capability_count = 0;
    list_ordinary(function);
    if (pci_find_capability(function->id, PCI_CAPABILITY_EXPRESS) != 0)
        list_extended(function);
}
