#include "pci_search.h"
#include <axdriver/pci.h>
#include <lib/bits.h>
#include <libfdt.h>
#include "tree_irq.h"

#define FUNCTIONS (PCI_BUS_SIZE / PCI_CONFIG_SIZE)

/* phys.hi: the space of an address, and the requester id of a function (IEEE 1275 PCI §2.2.1.1). */
#define SPACE UINT32_C(0x03000000)
#define SPACE_MEMORY32 UINT32_C(0x02000000)
#define SPACE_MEMORY64 UINT32_C(0x03000000)
#define REQUESTER MASK(23, 8)

/* Entries of iommu-map: first requester id, IOMMU, its id there, count. */
enum { MAP_FIRST, MAP_IOMMU, MAP_ID, MAP_COUNT, MAP_STEP };

static struct cell_list read_list(const struct tree_node *node, enum tree_property property)
{
    return (struct cell_list){tree_value(node, property).data, tree_cell_count(node, property)};
}

static uint32_t list_cell(const struct cell_list *list, uint32_t index)
{
    return fdt32_ld((const fdt32_t *)list->cells + index);
}

static uint64_t list_number(const struct cell_list *list, uint32_t index)
{
    return (uint64_t)list_cell(list, index) << 32 | list_cell(list, index + 1);
}

/* The first of a space that has the same addresses on the bus as for harts. ranges: address on the
 * bus of 3 cells, the harts' and the size of 2 each (IEEE 1275 PCI §2.2.1). */
static void read_window(const struct cell_list *ranges, uint32_t space, hpa_t *window,
                        uint64_t *size)
{
    for (uint32_t at = 0; at + 7 <= ranges->count && *size == 0; at += 7) {
        uint64_t bus = list_number(ranges, at + 1), base = list_number(ranges, at + 3);
        if ((list_cell(ranges, at) & SPACE) != space || bus != base)
            continue;
        *window = hpa(base);
        *size = list_number(ranges, at + 5);
    }
}

void pci_search_add_bridge(struct pci_search *search, const struct tree_node *node)
{
    struct cell_list ranges = read_list(node, PROP_RANGES);
    struct pci_config pci = {
        .interrupt_map = read_list(node, PROP_INTERRUPT_MAP),
        .interrupt_mask = tree_cell(node, PROP_INTERRUPT_MAP_MASK, 0, UINT32_MAX),
        .iommu_map = read_list(node, PROP_IOMMU_MAP),
    };
    if (search->pci.ecam.a != 0 || !tree_reg(node, 0, &pci.ecam, &pci.ecam_size))
        return;
    read_window(&ranges, SPACE_MEMORY32, &pci.window, &pci.window_size);
    read_window(&ranges, SPACE_MEMORY64, &pci.high_window, &pci.high_window_size);
    search->pci = pci;
    search->bridge = node->offset;
}

static void add(struct pci_search *search, struct iommu_config iommu, const struct tree_node *node)
{
    if (search->iommu_count == PCI_SEARCH_IOMMUS)
        return;
    iommu.phandle = tree_cell(node, PROP_PHANDLE, 0, 0);
    search->iommus[search->iommu_count++] = iommu;
}

void pci_search_add_iommu(struct pci_search *search, const struct tree_node *node)
{
    struct iommu_config iommu = {.kind = IOMMU_PLATFORM, .irq = tree_irq(node)};
    if (tree_reg(node, 0, &iommu.base, &iommu.size))
        add(search, iommu, node);
}

/* Its reg has no address, only which function it is (IEEE 1275 PCI §4.1.1). */
void pci_search_add_pci_iommu(struct pci_search *search, const struct tree_node *node)
{
    uint32_t high = tree_cell(node, PROP_REG, 0, UINT32_MAX);
    struct iommu_config iommu = {.kind = IOMMU_PCI,
                                 .function = (uint32_t)FIELD_GET(REQUESTER, high)};
    if (node->enabled && node->parent != NULL && search->pci.ecam.a != 0 &&
        node->parent->offset == search->bridge && iommu.function < FUNCTIONS)
        add(search, iommu, node);
}

static bool is_in_map(const struct cell_list *map, const struct iommu_config *iommu)
{
    for (uint32_t at = 0; at + MAP_STEP <= map->count; at += MAP_STEP)
        if (list_cell(map, at + MAP_IOMMU) == iommu->phandle)
            return true;
    return false;
}

void pci_search_end(const struct pci_search *search, struct hardware *hw)
{
    uint32_t chosen = 0;
    while (chosen < search->iommu_count &&
           !is_in_map(&search->pci.iommu_map, &search->iommus[chosen]))
        chosen++;
    if (search->iommu_count > 0)
        hw->iommu = search->iommus[chosen % search->iommu_count];
    hw->pci = search->pci;
}

/* The map has gaps: an IOMMU that is a function itself does not stand before that one. The host
 * knows functions by their requester ids: one that has another id at the IOMMU does not count. */
bool hardware_is_behind_iommu(const struct hardware *hw, uint32_t id)
{
    const struct cell_list *map = &hw->pci.iommu_map;
    for (uint32_t at = 0; hw->iommu.kind != IOMMU_NONE && at + MAP_STEP <= map->count;
         at += MAP_STEP) {
        uint32_t first = list_cell(map, at + MAP_FIRST);
        if (id >= first && id - first < list_cell(map, at + MAP_COUNT))
            return list_cell(map, at + MAP_IOMMU) == hw->iommu.phandle &&
                   list_cell(map, at + MAP_ID) == first;
    }
    return false;
}

/* interrupt-map: address of 3 cells, pin, controller (whose children have no addresses), interrupt
 * (Devicetree 0.4 §2.4.3). */
struct wired_irq hardware_pci_irq(const struct hardware *hw, uint32_t id, uint32_t pin)
{
    const struct cell_list *map = &hw->pci.interrupt_map;
    uint32_t mask = hw->pci.interrupt_mask, step = 5 + hardware_interrupt_cells(hw);
    for (uint32_t at = 0; at + step <= map->count; at += step) {
        if (((list_cell(map, at) ^ id << 8) & mask) == 0 && list_cell(map, at + 3) == pin)
            return (struct wired_irq){.controller = list_cell(map, at + 4),
                                      .source = list_cell(map, at + 5),
                                      .trigger = IRQ_LEVEL_HIGH};
    }
    return (struct wired_irq){0};
}
