#include <axdriver/pci.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/bits.h>
#include <stddef.h>

#define NO_FUNCTION UINT32_C(0xffff) /* the vendor of one that is not there (PCI 3.0 §6.2.1) */
#define REVISION_AND_CLASS 0x08
#define HEADER_TYPE 0x0e
#define HEADER_MULTIFUNCTION BIT(7)
#define HEADER_LAYOUT MASK(6, 0) /* 0: neither a bridge nor CardBus */
#define INTERRUPT_PIN 0x3d
#define BAR_ADDRESS UINT64_C(0xfffffff0)
#define CLASS_BRIDGE 0x06
#define CLASS_IOMMU 0x0806 /* with its sub-class */

static uintptr_t ecam;
static struct pci_function functions[PCI_MAX_FUNCTIONS];
static uint32_t function_count;
static uint64_t next_address; /* in the window: what lies before is given out */

static uintptr_t config_at(uint32_t id, uint32_t offset)
{
    return ecam + id * PCI_CONFIG_SIZE + offset;
}

uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width)
{
    uintptr_t at = config_at(id, offset);
    return width == 1 ? io_read8(at) : width == 2 ? io_read16(at) : io_read32(at);
}

void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value)
{
    uintptr_t at = config_at(id, offset);
    if (width == 1)
        io_write8(at, (uint8_t)value);
    else if (width == 2)
        io_write16(at, (uint16_t)value);
    else
        io_write32(at, value);
}

void pci_quiet(uint32_t id)
{
    pci_write(id, PCI_COMMAND, 2, PCI_COMMAND_NO_INTX);
    pci_msi_off(id);
}

void pci_turn_on(uint32_t id)
{
    pci_write(id, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_NO_INTX);
}

/* Ones written read back as ones where the address has bits (PCI 3.0 §6.2.5.1). */
static uint64_t measure(uint32_t id, uint32_t at, bool wide)
{
    pci_write(id, at, 4, UINT32_MAX);
    uint64_t mask = pci_read(id, at, 4) & BAR_ADDRESS;
    if (!wide)
        return mask != 0 ? -mask & UINT32_MAX : 0;
    pci_write(id, at + 4, 4, UINT32_MAX);
    return -(mask | (uint64_t)pci_read(id, at + 4, 4) << 32);
}

/* Whole pages, so that a guest can be given them; size 0 if the window has no room left. */
static struct pci_bar place(const struct pci_config *pci, uint64_t size, bool wide)
{
    uint64_t base = align_up(next_address, size > PAGE_SIZE ? size : PAGE_SIZE);
    if (!range_inside(base, align_up(size, PAGE_SIZE), pci->window.a, pci->window_size))
        return (struct pci_bar){.wide = wide};
    next_address = base + align_up(size, PAGE_SIZE);
    return (struct pci_bar){hpa(base), size, wide};
}

/* I/O ports have no addresses that harts reach: they stay off. */
static struct pci_bar assign(const struct pci_config *pci, uint32_t id, uint32_t at)
{
    uint32_t kind = pci_read(id, at, 4);
    if ((kind & PCI_BAR_IO) != 0)
        return (struct pci_bar){0};
    bool wide = (kind & PCI_BAR_WIDE) != 0 && at < PCI_BAR0 + 4 * (PCI_BARS - 1);
    uint64_t size = measure(id, at, wide);
    if (size == 0)
        return (struct pci_bar){0};
    struct pci_bar bar = place(pci, size, wide);
    pci_write(id, at, 4, (uint32_t)bar.base.a);
    if (wide)
        pci_write(id, at + 4, 4, (uint32_t)(bar.base.a >> 32));
    if (bar.size == 0)
        log_warn("PCI 00:%02x.%u: no room for 0x%lx bytes of registers", id >> 3, id & 7,
                 (unsigned long)size);
    return bar;
}

/* Also one that the tree does not have, or has disabled: who has it decides what others reach. */
static bool is_iommu(const struct hardware *hw, uint32_t id, uint32_t class_code)
{
    return class_code >> 8 == CLASS_IOMMU ||
           (hw->iommu.kind == IOMMU_PCI && hw->iommu.function == id);
}

static void add_function(const struct hardware *hw, uint32_t id)
{
    uint32_t class_code = pci_read(id, REVISION_AND_CLASS, 4) >> 8;
    bool plain = (pci_read(id, HEADER_TYPE, 1) & HEADER_LAYOUT) == 0;
    if (!plain || class_code >> 16 == CLASS_BRIDGE || function_count == PCI_MAX_FUNCTIONS)
        return;
    pci_quiet(id);
    struct pci_function *f = &functions[function_count++];
    *f = (struct pci_function){.id = id,
                               .class_code = class_code,
                               .pin = pci_read(id, INTERRUPT_PIN, 1),
                               .behind_iommu = hardware_is_behind_iommu(hw, id),
                               .is_iommu = is_iommu(hw, id, class_code)};
    f->irq = hardware_pci_irq(hw, id, f->pin);
    for (uint32_t i = 0; i < PCI_BARS; i += f->bars[i].wide ? 2 : 1)
        f->bars[i] = assign(&hw->pci, id, PCI_BAR0 + 4 * i);
}

static bool is_there(uint32_t id)
{
    return pci_read(id, PCI_ID, 2) != NO_FUNCTION;
}

static void add_device(const struct hardware *hw, uint32_t first)
{
    if (!is_there(first))
        return;
    uint32_t count = (pci_read(first, HEADER_TYPE, 1) & HEADER_MULTIFUNCTION) != 0 ? 8 : 1;
    for (uint32_t id = first; id < first + count; id++)
        if (is_there(id))
            add_function(hw, id);
}

enum err pci_init(const void *fdt)
{
    const struct hardware *hw = hardware_of_machine(fdt);
    if (hw->pci.ecam.a == 0 || hw->pci.ecam_size < PCI_BUS_SIZE)
        return ERR_NOT_FOUND;
    enum err err = paging_map_device(hw->pci.ecam, PCI_BUS_SIZE);
    if (err != OK) {
        log_error("PCI: no memory to map the configuration space at 0x%lx",
                  (unsigned long)hw->pci.ecam.a);
        return err;
    }
    ecam = hw->pci.ecam.a;
    next_address = hw->pci.window.a;
    for (uint32_t device = 0; device < 32; device++)
        add_device(hw, device << 3);
    uint32_t confined = 0;
    for (uint32_t i = 0; i < function_count; i++)
        confined += functions[i].behind_iommu;
    log_info("PCI: functions %u, behind an IOMMU %u", function_count, confined);
    return OK;
}

const struct pci_function *pci_functions(uint32_t *count)
{
    *count = function_count;
    return functions;
}

const struct pci_function *pci_find(uint32_t id)
{
    for (uint32_t i = 0; i < function_count; i++)
        if (functions[i].id == id)
            return &functions[i];
    return NULL;
}
