/* Messages instead of wires: PCI 3.0 §6.8. A guest turns those of its functions on itself, in its
 * configuration space. */
#include <axdriver/pci.h>

#define CONTROL 2 /* in a capability of messages */
#define MSI_ENABLE (UINT32_C(1) << 0)
#define MSIX_ENABLE (UINT32_C(1) << 15)
#define MSIX_FUNCTION_MASK (UINT32_C(1) << 14)

/* Of its control word, if the function has it. */
static enum err change(uint32_t id, uint32_t capability, uint32_t clear, uint32_t set)
{
    uint32_t at = pci_find_capability(id, capability);
    if (at == 0)
        return ERR_NOT_FOUND;
    uint32_t value = pci_read(id, at + CONTROL, 2), wanted = (value & ~clear) | set;
    if (value != wanted)
        pci_write(id, at + CONTROL, 2, wanted);
    return OK;
}

void pci_msi_off(uint32_t id)
{
    (void)change(id, PCI_CAPABILITY_MSI, MSI_ENABLE, 0);
    (void)change(id, PCI_CAPABILITY_MSIX, MSIX_ENABLE | MSIX_FUNCTION_MASK, 0);
}

enum err pci_msix_on(uint32_t id)
{
    return change(id, PCI_CAPABILITY_MSIX, MSIX_FUNCTION_MASK, MSIX_ENABLE);
}
