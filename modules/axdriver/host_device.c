#include <axdriver/host_device.h>
#include <lib/bits.h>
#include <lib/tree.h>
#include <libfdt.h>
#include <stddef.h>
#include <string.h>
#include "tree_irq.h"

/* What the host drives, or what would give the whole machine away. */
static const char *const kept[] = {
    "sifive,plic-1.0.0",    "riscv,plic0",           "riscv,aplic",  "riscv,imsics",
    "riscv,cpu-intc",       "sifive,clint0",         "riscv,clint0", "riscv,aclint-mswi",
    "riscv,aclint-sswi",    "riscv,aclint-mtimer",   "sifive,test0", "riscv,iommu",
    "pci-host-cam-generic", "pci-host-ecam-generic",
};

/* Devices that only answer: all others may be masters on the bus. */
static const char *const without_dma[] = {
    "google,goldfish-rtc", "ns16550a", "ns16550", "snps,dw-apb-uart", "sifive,uart0", "arm,pl031",
};

#define MAX_MEMORY 16

struct search {
    const struct hardware *hw;
    struct {
        uint64_t base, size;
    } memory[MAX_MEMORY]; /* of the machine; what comes after so many is not looked at */
    uint32_t memory_count;
    int wanted;
    struct host_device *device;
    struct host_device_fault *fault;
    bool found;
};

static bool is_one_of(const struct tree_node *node, const char *const *list, size_t count)
{
    const char *compatible;
    for (uint32_t n = 0; (compatible = tree_compatible(node, n)) != NULL; n++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(compatible, list[i]) == 0)
                return true;
    return false;
}

static bool has_console(const struct hardware *hw, hpa_t base, uint64_t size)
{
    return hw->has_uart && range_inside(hw->uart.base.a, hw->uart.size, base.a, size);
}

static uint32_t controller_of(const struct hardware *hw)
{
    return hw->irqchip == IRQCHIP_PLIC ? hw->plic.phandle : hw->aplic.phandle;
}

static bool has_several_interrupts(const struct hardware *hw, const struct tree_node *node)
{
    uint32_t cells = hardware_interrupt_cells(hw);
    return tree_cell_count(node, PROP_INTERRUPTS) > cells ||
           tree_cell_count(node, PROP_INTERRUPTS_EXTENDED) > cells + 1;
}

/* Returns what is wrong with the node as such; NULL if it can be assigned. */
static const char *find_fault(const struct hardware *hw, const struct tree_node *node)
{
    hpa_t base;
    uint64_t size, more_size;
    if (tree_compatible(node, 0) == NULL || !tree_reg(node, 0, &base, &size) || size == 0)
        return "is no device: expected a node with compatible and reg that the harts reach";
    if (!node->enabled)
        return "is disabled on this machine: expected a device whose status is okay";
    if (is_one_of(node, kept, ARRAY_SIZE(kept)) || has_console(hw, base, size))
        return "is the host's own: expected a device that the host does not use";
    if (tree_reg(node, 1, &base, &more_size) || has_several_interrupts(hw, node))
        return "has several blocks of registers or interrupts: expected one of each at most";
    struct wired_irq irq = tree_irq(node);
    if (irq.source != 0 && irq.controller != controller_of(hw))
        return "has an interrupt at a controller that the host does not drive: expected one at the "
               "host's PLIC or APLIC";
    if (irq.source != 0 && irq.trigger != IRQ_LEVEL_HIGH && irq.trigger != IRQ_LEVEL_LOW)
        return "has an interrupt that is an edge: expected a level";
    return NULL;
}

static void visit_memory(const struct tree_node *node, void *context)
{
    struct search *s = context;
    const char *type = tree_text(node, PROP_DEVICE_TYPE);
    if (type == NULL || strcmp(type, "memory") != 0 || !node->enabled)
        return;
    for (uint32_t i = 0; s->memory_count < MAX_MEMORY; i++) {
        if (!tree_reg_on_bus(node, i, &s->memory[s->memory_count].base,
                             &s->memory[s->memory_count].size))
            return;
        s->memory_count++;
    }
}

/* A guest's addresses become the host's, and must be the device's too. */
static bool reaches_memory(const struct search *s, const struct tree_node *node)
{
    for (uint32_t i = 0; i < s->memory_count; i++)
        if (!tree_dma_reaches(node, hpa(s->memory[i].base), s->memory[i].size))
            return false;
    return true;
}

static void visit_wanted(const struct tree_node *node, void *context)
{
    struct search *s = context;
    if (node->offset != s->wanted)
        return;
    s->found = true;
    s->fault->reason = find_fault(s->hw, node);
    if (s->fault->reason != NULL)
        return;
    *s->device = (struct host_device){
        .node = node->offset,
        .irq = tree_irq(node),
        .dma = !is_one_of(node, without_dma, ARRAY_SIZE(without_dma)),
    };
    tree_reg(node, 0, &s->device->base, &s->device->size);
    if (s->device->dma && !reaches_memory(s, node))
        s->fault->reason = "sees memory at other addresses than the harts, or not all of it: "
                           "expected buses whose dma-ranges change nothing";
}

/* A page is the least that a guest can be assigned: no other device may lie in it. */
static void visit_neighbour(const struct tree_node *node, void *context)
{
    struct search *s = context;
    uint64_t start = align_down(s->device->base.a, PAGE_SIZE), size;
    uint64_t end = align_up(s->device->base.a + s->device->size, PAGE_SIZE);
    hpa_t base;
    if (node->offset == s->wanted)
        return;
    for (uint32_t i = 0; tree_reg(node, i, &base, &size); i++) {
        if (base.a < end && start < base.a + size) {
            s->fault->reason = "shares a page of registers: expected a device with its own, not "
                               "with ";
            s->fault->other = node->name;
        }
    }
}

bool host_device_find(const struct hardware *hw, const void *fdt, const char *path,
                      struct host_device *out, struct host_device_fault *fault)
{
    *fault =
        (struct host_device_fault){.reason = "this machine has no such device: expected a path "
                                             "or an alias in its device tree"};
    struct search s = {.hw = hw, .device = out, .fault = fault};
    s.wanted = fdt_path_offset(fdt, path);
    if (s.wanted < 0 || tree_walk(fdt, visit_memory, &s) != OK ||
        tree_walk(fdt, visit_wanted, &s) != OK || !s.found || fault->reason != NULL)
        return false;
    return tree_walk(fdt, visit_neighbour, &s) == OK && fault->reason == NULL;
}
