/* Messages instead of wires: PCI 3.0 §6.8. A guest turns them on itself, in its configuration
 * space. */
#include <axdriver/pci.h>

/* The list of capabilities: §6.7. */
#define STATUS 0x06
#define STATUS_CAPABILITIES UINT32_C(1 << 4)
#define CAPABILITIES 0x34
#define POINTER UINT32_C(0xfc)
#define MOST_CAPABILITIES 48 /* of 4 bytes or more, behind the header */

enum { ID = 0, NEXT = 1, CONTROL = 2 }; /* in a capability; the last in those of messages */
enum { ID_MSI = 0x05, ID_MSIX = 0x11 };
#define MSI_ENABLE UINT32_C(1 << 0)
#define MSIX_ENABLE UINT32_C(1 << 15)
#define MSIX_FUNCTION_MASK UINT32_C(1 << 14)

static void clear(uint32_t id, uint32_t offset, uint32_t bits)
{
    uint32_t value = pci_read(id, offset, 2);
    if ((value & bits) != 0)
        pci_write(id, offset, 2, value & ~bits);
}

void pci_msi_off(uint32_t id)
{
    if ((pci_read(id, STATUS, 2) & STATUS_CAPABILITIES) == 0)
        return;
    uint32_t at = pci_read(id, CAPABILITIES, 1) & POINTER;
    for (uint32_t n = 0; at >= PCI_HEADER_END && n < MOST_CAPABILITIES; n++) {
        uint32_t capability = pci_read(id, at + ID, 1);
        if (capability == ID_MSI)
            clear(id, at + CONTROL, MSI_ENABLE);
        else if (capability == ID_MSIX)
            clear(id, at + CONTROL, MSIX_ENABLE | MSIX_FUNCTION_MASK);
        at = pci_read(id, at + NEXT, 1) & POINTER;
    }
}
