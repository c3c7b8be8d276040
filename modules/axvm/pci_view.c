/*
 * The configuration space of an assigned function, after the header. A guest sees the capabilities
 * that have a row in the table, and writes the bits that the row has. All others are not in its
 * lists, read as 0 and ignore writes: SR-IOV places registers of further functions, Resizable BARs
 * change a BAR's size, ATS, PRI and PASID are the IOMMU's business, ACS, DPC, AER and link control
 * that of the bus and its other functions.
 */
#include <lib/bits.h>
#include <stddef.h>
#include "pci_host.h"

#define ANY 0
#define VIRTIO 0x1af4
#define EXTENDED(id) ((id) | UINT32_C(1) << 16)
#define SERIAL_NUMBER 0x0003 /* PCI Express 5.0 §7.9.3 */

/* Of a message's capability, in its first register: PCI 3.0 §6.8.1. */
#define MSI_WIDE BIT(23)
#define MSI_MASKABLE BIT(24)
#define MSI_CONTROL UINT32_C(0x00710000)  /* enable, and how many */
#define MSIX_CONTROL UINT32_C(0xc0000000) /* enable, and mask all: §6.8.2 */

/* PCI Express 5.0 §7.5.3. */
#define EXPRESS_VERSION UINT32_C(0x000f0000)
#define EXPRESS_VERSION_2 UINT32_C(0x00020000)
/* Relaxed ordering, no snoop, size of read requests; function-level reset. */
#define EXPRESS_CONTROL UINT32_C(0x0000f810)
#define EXPRESS_STATUS UINT32_C(0x000f0000)
#define EXPRESS_CONTROL_2 UINT32_C(0x0000001f) /* how long completions may take */

#define POWER_STATE UINT32_C(0x00000003)
#define POWER_EVENT UINT32_C(0x00008000)
#define FEATURES_RESET UINT32_C(0x00000001)

/* A window to the function's own registers: Virtio 1.2 §4.1.4.9. */
#define VIRTIO_TYPE UINT32_C(0xff000000)
#define VIRTIO_WINDOW UINT32_C(0x05000000)

/* A register of a capability. `layout`: the bits of the capability's first register that say what
 * lies where, and their value if this row holds. */
static const struct row {
    uint32_t capability; /* its id, or EXTENDED() */
    uint32_t vendor;     /* of the function */
    uint32_t offset;     /* in the capability */
    uint32_t layout, value;
    uint32_t writable;
    uint32_t cleared; /* a 1 clears them */
} rows[] = {
    {PCI_CAPABILITY_POWER, ANY, 4, 0, 0, POWER_STATE, POWER_EVENT},
    {PCI_CAPABILITY_MSI, ANY, 0, 0, 0, MSI_CONTROL, 0},
    {PCI_CAPABILITY_MSI, ANY, 4, 0, 0, UINT32_MAX, 0},
    {PCI_CAPABILITY_MSI, ANY, 8, MSI_WIDE, 0, UINT16_MAX, 0},
    {PCI_CAPABILITY_MSI, ANY, 8, MSI_WIDE, MSI_WIDE, UINT32_MAX, 0},
    {PCI_CAPABILITY_MSI, ANY, 12, MSI_WIDE, MSI_WIDE, UINT16_MAX, 0},
    {PCI_CAPABILITY_MSI, ANY, 12, MSI_WIDE | MSI_MASKABLE, MSI_MASKABLE, UINT32_MAX, 0},
    {PCI_CAPABILITY_MSI, ANY, 16, MSI_WIDE | MSI_MASKABLE, MSI_WIDE | MSI_MASKABLE, UINT32_MAX, 0},
    {PCI_CAPABILITY_MSIX, ANY, 0, 0, 0, MSIX_CONTROL, 0},
    {PCI_CAPABILITY_EXPRESS, ANY, 8, 0, 0, EXPRESS_CONTROL, EXPRESS_STATUS},
    {PCI_CAPABILITY_EXPRESS, ANY, 0x28, EXPRESS_VERSION, EXPRESS_VERSION_2, EXPRESS_CONTROL_2, 0},
    {PCI_CAPABILITY_FEATURES, ANY, 4, 0, 0, FEATURES_RESET, 0},
    {PCI_CAPABILITY_VENDOR, VIRTIO, 4, VIRTIO_TYPE, VIRTIO_WINDOW, UINT8_MAX, 0},
    {PCI_CAPABILITY_VENDOR, VIRTIO, 8, VIRTIO_TYPE, VIRTIO_WINDOW, UINT32_MAX, 0},
    {PCI_CAPABILITY_VENDOR, VIRTIO, 12, VIRTIO_TYPE, VIRTIO_WINDOW, UINT32_MAX, 0},
    {PCI_CAPABILITY_VENDOR, VIRTIO, 16, VIRTIO_TYPE, VIRTIO_WINDOW, UINT32_MAX, 0},
    /* These can be read. */
    {PCI_CAPABILITY_VENDOR, ANY, 0, 0, 0, 0, 0},
    {PCI_CAPABILITY_SUBSYSTEM, ANY, 0, 0, 0, 0, 0},
    {PCI_CAPABILITY_SATA, ANY, 0, 0, 0, 0, 0},
    {EXTENDED(SERIAL_NUMBER), ANY, 0, 0, 0, 0, 0},
};

static uint32_t id_of(const struct pci_capability *capability)
{
    return capability->at < PCI_EXTENDED ? capability->id : EXTENDED(capability->id);
}

/* A message is a store to an address of the guest's, which only an IOMMU makes one. */
static bool is_visible(const struct pci_function *function, const struct pci_capability *capability)
{
    uint32_t id = id_of(capability);
    bool message = id == PCI_CAPABILITY_MSI || id == PCI_CAPABILITY_MSIX;
    if (message && !vm_pci_is_confined(function))
        return false;
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i].capability == id)
            return true;
    return false;
}

static bool is_extended(uint32_t at)
{
    return at >= PCI_EXTENDED;
}

/* The first visible one of the list that `at` lies in, from number `index` on; 0: there is none. */
static uint32_t next_visible(const struct pci_function *function, uint32_t index, uint32_t at)
{
    for (; index < function->capability_count; index++) {
        const struct pci_capability *capability = &function->capabilities[index];
        if (is_extended(capability->at) == is_extended(at) && is_visible(function, capability))
            return capability->at;
    }
    return 0;
}

uint32_t pci_view_first(const struct pci_function *function)
{
    return next_visible(function, 0, PCI_HEADER_END);
}

/* The one that a register belongs to: no capability says how long it is, so it reaches to the next
 * one. NULL: it lies before all of its list. */
static const struct pci_capability *find(const struct pci_function *function, uint32_t at)
{
    const struct pci_capability *found = NULL;
    for (uint32_t i = 0; i < function->capability_count; i++) {
        const struct pci_capability *capability = &function->capabilities[i];
        if (is_extended(capability->at) == is_extended(at) && capability->at <= at &&
            (found == NULL || capability->at > found->at))
            found = capability;
    }
    return found;
}

/* Its first register, with the next one that the guest sees; of one that it does not see this is
 * all there is, where the second list begins (id 0: the null capability, PCI Express 5.0 §7.9.28).
 */
static uint32_t read_first(const struct pci_function *function,
                           const struct pci_capability *capability)
{
    uint32_t index = (uint32_t)(capability - function->capabilities), at = capability->at;
    uint32_t next = next_visible(function, index + 1, at);
    uint32_t value = is_visible(function, capability) ? pci_read(function->id, at, 4) : 0;
    return is_extended(at) ? (value & MASK(19, 0)) | next << 20
                           : (value & ~(uint32_t)MASK(15, 8)) | next << 8;
}

uint32_t pci_view_read(const struct pci_function *function, uint32_t at)
{
    const struct pci_capability *capability = find(function, at);
    if (capability == NULL)
        return is_extended(at) ? 0 : pci_read(function->id, at, 4);
    bool visible = is_visible(function, capability);
    if (capability->at == at && (visible || at == PCI_EXTENDED))
        return read_first(function, capability);
    return visible ? pci_read(function->id, at, 4) : 0;
}

static const struct row *find_row(const struct pci_function *function,
                                  const struct pci_capability *capability, uint32_t at)
{
    uint32_t first = pci_read(function->id, capability->at, 4);
    uint32_t vendor = pci_read(function->id, PCI_ID, 2);
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row *row = &rows[i];
        if (row->capability == id_of(capability) && capability->at + row->offset == at &&
            (row->vendor == ANY || row->vendor == vendor) && (first & row->layout) == row->value)
            return row;
    }
    return NULL;
}

/* As wide as the guest's access: no other bit of the function's is written. */
void pci_view_write(const struct pci_function *function, uint32_t at, unsigned width,
                    uint32_t value)
{
    uint32_t start = at & ~UINT32_C(3), shift = 8 * (at & 3);
    const struct pci_capability *capability = find(function, start);
    if (capability == NULL || !is_visible(function, capability))
        return;
    const struct row *row = find_row(function, capability, start);
    uint32_t accessed = (uint32_t)(MASK(8 * width - 1, 0) << shift);
    if (row == NULL || ((row->writable | row->cleared) & accessed) == 0)
        return;
    uint32_t kept = pci_read(function->id, start, 4) & ~(row->writable | row->cleared);
    uint32_t set = value << shift & (row->writable | row->cleared);
    pci_write(function->id, at, width, (kept | set) >> shift & (uint32_t)MASK(8 * width - 1, 0));
}
