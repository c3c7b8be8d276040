#include <axdriver/pci.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stddef.h>
#include "pci_parts.h"

#define NO_FUNCTION UINT32_C(0xffff) /* the vendor of one that is not there (PCI 3.0 §6.2.1) */
#define REVISION_AND_CLASS 0x08
#define HEADER_TYPE 0x0e
#define HEADER_MULTIFUNCTION BIT(7)
#define HEADER_LAYOUT MASK(6, 0) /* 0: neither a bridge nor CardBus */
#define LAYOUT_BRIDGE 1          /* to another PCI bus */
#define INTERRUPT_PIN 0x3d
#define BAR_ADDRESS UINT64_C(0xfffffff0)
#define CLASS_BRIDGE 0x06
#define CLASS_IOMMU 0x0806 /* with its sub-class */

static uintptr_t ecam;
static struct pci_function functions[PCI_MAX_FUNCTIONS];
static uint32_t function_count;
/* Of the bridge, for registers: what lies before `next` is taken. */
static struct window {
    uint64_t base, size, next;
} low, high;

static uintptr_t config_at(uint32_t id, uint32_t offset)
{
    DEBUG_ASSERT(ecam != 0 && id < PCI_BUS_FUNCTIONS && offset < PCI_CONFIG_SIZE);
    return ecam + id * PCI_CONFIG_SIZE + offset;
}

uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width)
{
    DEBUG_ASSERT((width == 1 || width == 2 || width == 4) && offset % width == 0);
    uintptr_t at = config_at(id, offset);
    return width == 1 ? io_read8(at) : width == 2 ? io_read16(at) : io_read32(at);
}

void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value)
{
    DEBUG_ASSERT((width == 1 || width == 2 || width == 4) && offset % width == 0);
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

/* Whole pages, so that a guest can be assigned them; size 0 if the window has no room left. */
static struct pci_bar place(struct window *window, uint64_t size, bool wide)
{
    uint64_t base = align_up(window->next, size > PAGE_SIZE ? size : PAGE_SIZE);
    if (!range_inside(base, align_up(size, PAGE_SIZE), window->base, window->size))
        return (struct pci_bar){.wide = wide};
    window->next = base + align_up(size, PAGE_SIZE);
    return (struct pci_bar){hpa(base), size, wide};
}

static void put_bar(uint32_t id, uint32_t at, const struct pci_bar *bar)
{
    pci_write(id, at, 4, (uint32_t)bar->base.a);
    if (bar->wide)
        pci_write(id, at + 4, 4, (uint32_t)(bar->base.a >> 32));
}

/* I/O ports have no addresses that harts reach: they stay off. What is too large for 32 bits goes
 * to the other window, if it can have an address there. */
static struct pci_bar assign(struct pci_function *function, uint32_t index)
{
    uint32_t id = function->id, at = PCI_BAR0 + 4 * index, kind = pci_read(id, at, 4);
    if ((kind & PCI_BAR_IO) != 0)
        return (struct pci_bar){0};
    bool wide = (kind & PCI_BAR_WIDE) != 0 && index < PCI_BARS - 1;
    uint64_t size = measure(id, at, wide);
    if (size == 0)
        return (struct pci_bar){0};
    struct pci_bar bar = place(&low, size, wide);
    if (bar.size == 0 && wide)
        bar = place(&high, size, wide);
    put_bar(id, at, &bar);
    if (bar.size == 0) {
        function->lacking = size;
        function->lacking_bar = index;
    }
    return bar;
}

static bool has_address(uint32_t id, uint32_t at, const struct pci_bar *bar)
{
    uint64_t address = pci_read(id, at, 4) & BAR_ADDRESS;
    if (bar->wide)
        address |= (uint64_t)pci_read(id, at + 4, 4) << 32;
    return address == bar->base.a;
}

/* Most of the time they are right, and a function at work is not to lose them for a moment. */
void pci_put_bars(const struct pci_function *function)
{
    for (uint32_t i = 0; i < PCI_BARS; i++) {
        const struct pci_bar *bar = &function->bars[i];
        if (bar->size != 0 && !has_address(function->id, PCI_BAR0 + 4 * i, bar))
            put_bar(function->id, PCI_BAR0 + 4 * i, bar);
    }
}

/* Also one that the tree does not have, or has disabled: its owner decides what others reach. */
static bool is_iommu(const struct hardware *hw, uint32_t id, uint32_t class_code)
{
    return class_code >> 8 == CLASS_IOMMU ||
           (hw->iommu.kind == IOMMU_PCI && hw->iommu.function == id);
}

static void add_function(const struct hardware *hw, uint32_t id)
{
    uint32_t class_code = pci_read(id, REVISION_AND_CLASS, 4) >> 8;
    uint32_t layout = pci_read(id, HEADER_TYPE, 1) & HEADER_LAYOUT;
    if (layout == LAYOUT_BRIDGE) /* it passes nothing on, in either direction */
        pci_write(id, PCI_COMMAND, 2, PCI_COMMAND_NO_INTX);
    if (layout != 0 || class_code >> 16 == CLASS_BRIDGE)
        return;
    if (function_count == PCI_MAX_FUNCTIONS) {
        log_warn("PCI 00:%02x.%u: not used: expected at most %u functions on bus 0", id >> 3,
                 id & 7, PCI_MAX_FUNCTIONS);
        pci_quiet(id);
        return;
    }
    pci_quiet(id);
    struct pci_function *f = &functions[function_count++];
    *f = (struct pci_function){.id = id,
                               .class_code = class_code,
                               .pin = pci_read(id, INTERRUPT_PIN, 1),
                               .behind_iommu = hardware_is_behind_iommu(hw, id),
                               .is_iommu = is_iommu(hw, id, class_code)};
    f->irq = hardware_pci_irq(hw, id, f->pin);
    for (uint32_t i = 0; i < PCI_BARS; i += f->bars[i].wide ? 2 : 1)
        f->bars[i] = assign(f, i);
    pci_list_capabilities(f);
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
    low = (struct window){hw->pci.window.a, hw->pci.window_size, hw->pci.window.a};
    high = (struct window){hw->pci.high_window.a, hw->pci.high_window_size, hw->pci.high_window.a};
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
