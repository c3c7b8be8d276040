/* Messages instead of wires: PCI 3.0 §6.8. A guest turns those of its functions on itself, in its
 * configuration space. */
#include <axdriver/pci.h>

/* The list of capabilities: §6.7. */
#define STATUS 0x06
#define STATUS_CAPABILITIES (UINT32_C(1) << 4)
#define CAPABILITIES 0x34
#define POINTER UINT32_C(0xfc)
#define MOST_CAPABILITIES 48 /* of 4 bytes or more, behind the header */

enum { ID = 0, NEXT = 1, CONTROL = 2 }; /* in a capability; the last in those of messages */
enum { ID_MSI = 0x05, ID_MSIX = 0x11 };
#define MSI_ENABLE (UINT32_C(1) << 0)
#define MSIX_ENABLE (UINT32_C(1) << 15)
#define MSIX_FUNCTION_MASK (UINT32_C(1) << 14)

/* Where it lies in the configuration space; 0: the function has none. */
static uint32_t find(uint32_t id, uint32_t capability)
{
    if ((pci_read(id, STATUS, 2) & STATUS_CAPABILITIES) == 0)
        return 0;
    uint32_t at = pci_read(id, CAPABILITIES, 1) & POINTER;
    for (uint32_t n = 0; at >= PCI_HEADER_END && n < MOST_CAPABILITIES; n++) {
        if (pci_read(id, at + ID, 1) == capability)
            return at;
        at = pci_read(id, at + NEXT, 1) & POINTER;
    }
    return 0;
}

/* Of its control word, if the function has it. */
static enum err change(uint32_t id, uint32_t capability, uint32_t clear, uint32_t set)
{
    uint32_t at = find(id, capability);
    if (at == 0)
        return ERR_NOT_FOUND;
    uint32_t value = pci_read(id, at + CONTROL, 2), wanted = (value & ~clear) | set;
    if (value != wanted)
        pci_write(id, at + CONTROL, 2, wanted);
    return OK;
}

void pci_msi_off(uint32_t id)
{
    (void)change(id, ID_MSI, MSI_ENABLE, 0);
    (void)change(id, ID_MSIX, MSIX_ENABLE | MSIX_FUNCTION_MASK, 0);
}

enum err pci_msix_on(uint32_t id)
{
    return change(id, ID_MSIX, MSIX_FUNCTION_MASK, MSIX_ENABLE);
}
