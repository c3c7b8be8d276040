#include "tree.h"
#include <libfdt.h>
#include <string.h>

static const char *const names[PROP_COUNT] = {
    [PROP_COMPATIBLE] = "compatible",
    [PROP_STATUS] = "status",
    [PROP_REG] = "reg",
    [PROP_RANGES] = "ranges",
    [PROP_PHANDLE] = "phandle",
    [PROP_ADDRESS_CELLS] = "#address-cells",
    [PROP_SIZE_CELLS] = "#size-cells",
    [PROP_INTERRUPT_PARENT] = "interrupt-parent",
    [PROP_INTERRUPTS] = "interrupts",
    [PROP_INTERRUPTS_EXTENDED] = "interrupts-extended",
    [PROP_MSI_PARENT] = "msi-parent",
    [PROP_REG_SHIFT] = "reg-shift",
    [PROP_REG_IO_WIDTH] = "reg-io-width",
    [PROP_REG_OFFSET] = "reg-offset",
    [PROP_NDEV] = "riscv,ndev",
    [PROP_NUM_SOURCES] = "riscv,num-sources",
    [PROP_NUM_IDS] = "riscv,num-ids",
    [PROP_GUEST_INDEX_BITS] = "riscv,guest-index-bits",
    [PROP_HART_INDEX_BITS] = "riscv,hart-index-bits",
    [PROP_GROUP_INDEX_BITS] = "riscv,group-index-bits",
    [PROP_GROUP_INDEX_SHIFT] = "riscv,group-index-shift",
};

static void read_properties(const void *fdt, struct tree_node *node)
{
    int property;
    fdt_for_each_property_offset (property, fdt, node->offset) {
        const char *name;
        int size;
        const void *data = fdt_getprop_by_offset(fdt, property, &name, &size);
        for (unsigned i = 0; data != NULL && i < PROP_COUNT; i++) {
            if (strcmp(name, names[i]) == 0) {
                node->properties[i] = (struct tree_value){data, size};
                break;
            }
        }
    }
}

static bool has_okay_status(const struct tree_node *node)
{
    const struct tree_value *status = &node->properties[PROP_STATUS];
    return status->data == NULL ||
           fdt_stringlist_contains(status->data, status->size, "okay") == 1 ||
           fdt_stringlist_contains(status->data, status->size, "ok") == 1;
}

/* A bus whose children have the addresses that its parent has. */
static bool is_transparent(const struct tree_node *node)
{
    const struct tree_value *ranges = &node->properties[PROP_RANGES];
    if (node->parent == NULL)
        return true;
    return node->reachable && ranges->data != NULL && ranges->size == 0;
}

static void read_node(const void *fdt, int offset, const struct tree_node *parent,
                      struct tree_node *node)
{
    *node = (struct tree_node){.parent = parent, .offset = offset};
    read_properties(fdt, node);
    node->interrupt_parent =
        tree_cell(node, PROP_INTERRUPT_PARENT, 0, parent != NULL ? parent->interrupt_parent : 0);
    node->enabled = (parent == NULL || parent->enabled) && has_okay_status(node);
    node->reachable = parent != NULL && is_transparent(parent);
}

enum err tree_walk(const void *fdt, void (*visit)(const struct tree_node *node, void *context),
                   void *context)
{
    struct tree_node path[TREE_MAX_DEPTH];
    int offset = 0, depth = 0;
    if (fdt_check_header(fdt) != 0)
        return ERR_FORMAT;
    for (; offset >= 0 && depth >= 0; offset = fdt_next_node(fdt, offset, &depth)) {
        if (depth >= TREE_MAX_DEPTH)
            continue;
        read_node(fdt, offset, depth > 0 ? &path[depth - 1] : NULL, &path[depth]);
        visit(&path[depth], context);
    }
    return offset >= 0 || offset == -FDT_ERR_NOTFOUND ? OK : ERR_FORMAT;
}

bool tree_is_compatible(const struct tree_node *node, const char *name)
{
    const struct tree_value *value = &node->properties[PROP_COMPATIBLE];
    return value->data != NULL && fdt_stringlist_contains(value->data, value->size, name) == 1;
}

uint32_t tree_cell_count(const struct tree_node *node, enum tree_property property)
{
    const struct tree_value *value = &node->properties[property];
    return value->data != NULL ? (uint32_t)value->size / 4 : 0;
}

uint32_t tree_cell(const struct tree_node *node, enum tree_property property, uint32_t index,
                   uint32_t fallback)
{
    if (index >= tree_cell_count(node, property))
        return fallback;
    return fdt32_ld((const fdt32_t *)node->properties[property].data + index);
}

/* `count` cells of reg from `index` on, which are there. */
static uint64_t reg_number(const struct tree_node *node, uint32_t index, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++)
        value = value << 32 | tree_cell(node, PROP_REG, index + i, 0);
    return value;
}

/* Devicetree 0.4 §2.3.5: without the parent's properties 2 address cells and 1 size cell. */
bool tree_reg(const struct tree_node *node, uint32_t index, hpa_t *base, uint64_t *size)
{
    if (node->parent == NULL)
        return false;
    uint32_t addresses = tree_cell(node->parent, PROP_ADDRESS_CELLS, 0, 2);
    uint32_t sizes = tree_cell(node->parent, PROP_SIZE_CELLS, 0, 1), step = addresses + sizes;
    if (addresses < 1 || addresses > 2 || sizes > 2)
        return false;
    if (index >= tree_cell_count(node, PROP_REG) / step)
        return false;
    *base = hpa(reg_number(node, index * step, addresses));
    *size = reg_number(node, index * step + addresses, sizes);
    return true;
}
