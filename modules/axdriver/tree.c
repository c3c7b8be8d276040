#include "tree.h"
#include <libfdt.h>
#include <stddef.h>
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
    [PROP_STDOUT_PATH] = "stdout-path",
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
    [PROP_IOMMU_MAP] = "iommu-map",
    [PROP_INTERRUPT_MAP] = "interrupt-map",
    [PROP_INTERRUPT_MAP_MASK] = "interrupt-map-mask",
};

/* Where the walk stands. */
struct cursor {
    const fdt32_t *start, *at, *end; /* the structure block */
    const char *strings;             /* the strings block, which ends in a 0 */
    uint32_t strings_size;
};

static bool open_tree(const void *fdt, struct cursor *c)
{
    if (fdt_check_header(fdt) != 0 || fdt_version(fdt) < 17)
        return false;
    c->start = (const fdt32_t *)((const char *)fdt + fdt_off_dt_struct(fdt));
    c->at = c->start;
    c->end = c->start + fdt_size_dt_struct(fdt) / sizeof(fdt32_t);
    c->strings = (const char *)fdt + fdt_off_dt_strings(fdt);
    c->strings_size = fdt_size_dt_strings(fdt);
    return c->strings_size > 0 && c->strings[c->strings_size - 1] == '\0';
}

/* Bytes that are left in the block. */
static size_t left(const struct cursor *c)
{
    return (size_t)((const char *)c->end - (const char *)c->at);
}

/* The next word; 0, which is no token, behind the end. */
static uint32_t next_word(struct cursor *c)
{
    return c->at < c->end ? fdt32_to_cpu(*c->at++) : 0;
}

/* Passes over `size` bytes and their padding; NULL if they are not there. */
static const void *take(struct cursor *c, size_t size)
{
    const void *data = c->at;
    if (size > left(c))
        return NULL;
    c->at += (size + sizeof(fdt32_t) - 1) / sizeof(fdt32_t);
    return data;
}

static bool read_property(struct cursor *c, struct tree_node *node)
{
    uint32_t size = next_word(c), name_offset = next_word(c);
    const void *data = take(c, size);
    if (data == NULL || size > INT32_MAX || name_offset >= c->strings_size)
        return false;
    const char *name = c->strings + name_offset;
    for (unsigned i = 0; i < PROP_COUNT; i++) {
        if (name[0] == names[i][0] && strcmp(name, names[i]) == 0) {
            node->properties[i] = (struct tree_value){data, (int)size};
            break;
        }
    }
    return true;
}

/* The cursor is behind the node's token. */
static bool begin_node(struct cursor *c, const struct tree_node *parent, struct tree_node *node)
{
    *node = (struct tree_node){
        .parent = parent,
        .offset = (int)((const char *)(c->at - 1) - (const char *)c->start),
    };
    node->name = take(c, strnlen((const char *)c->at, left(c)) + 1);
    return node->name != NULL;
}

static bool has_okay_status(const struct tree_node *node)
{
    const struct tree_value *status = &node->properties[PROP_STATUS];
    return status->data == NULL || (status->size == 5 && memcmp(status->data, "okay", 5) == 0) ||
           (status->size == 3 && memcmp(status->data, "ok", 3) == 0);
}

/* A bus whose children have the addresses that its parent has. */
static bool is_transparent(const struct tree_node *node)
{
    const struct tree_value *ranges = &node->properties[PROP_RANGES];
    if (node->parent == NULL)
        return true;
    return node->reachable && ranges->data != NULL && ranges->size == 0;
}

/* Once its properties are known, which come before its children (§5.4.2). */
static void inherit(struct tree_node *node)
{
    const struct tree_node *parent = node->parent;
    node->interrupt_parent =
        tree_cell(node, PROP_INTERRUPT_PARENT, 0, parent != NULL ? parent->interrupt_parent : 0);
    node->enabled = (parent == NULL || parent->enabled) && has_okay_status(node);
    node->reachable = parent != NULL && is_transparent(parent);
}

/* The walk's state: the nodes from the root to where it stands. */
struct walk {
    struct cursor cursor;
    struct tree_node path[TREE_MAX_DEPTH];
    int depth;    /* of the node that it is in; -1: outside the root */
    bool pending; /* that node was not visited yet */
    void (*visit)(const struct tree_node *node, void *context);
    void *context;
};

static void visit_pending(struct walk *w)
{
    if (w->pending && w->depth < TREE_MAX_DEPTH) {
        inherit(&w->path[w->depth]);
        w->visit(&w->path[w->depth], w->context);
    }
    w->pending = false;
}

static bool enter(struct walk *w)
{
    struct tree_node deep;
    visit_pending(w);
    w->depth++;
    w->pending = true;
    if (w->depth >= TREE_MAX_DEPTH)
        return begin_node(&w->cursor, NULL, &deep);
    const struct tree_node *parent = w->depth > 0 ? &w->path[w->depth - 1] : NULL;
    return begin_node(&w->cursor, parent, &w->path[w->depth]);
}

static bool property(struct walk *w)
{
    struct tree_node deep;
    if (!w->pending) /* outside a node, or behind its children */
        return false;
    return read_property(&w->cursor, w->depth < TREE_MAX_DEPTH ? &w->path[w->depth] : &deep);
}

static bool leave(struct walk *w)
{
    if (w->depth < 0)
        return false;
    visit_pending(w);
    w->depth--;
    return true;
}

enum err tree_walk(const void *fdt, void (*visit)(const struct tree_node *node, void *context),
                   void *context)
{
    struct walk w = {.depth = -1, .visit = visit, .context = context};
    bool good = open_tree(fdt, &w.cursor);
    while (good) {
        switch (next_word(&w.cursor)) {
        case FDT_BEGIN_NODE:
            good = enter(&w);
            break;
        case FDT_PROP:
            good = property(&w);
            break;
        case FDT_END_NODE:
            good = leave(&w);
            break;
        case FDT_NOP:
            break;
        case FDT_END:
            return w.depth == -1 ? OK : ERR_FORMAT;
        default:
            good = false;
        }
    }
    return ERR_FORMAT;
}

const char *tree_compatible(const struct tree_node *node, uint32_t index)
{
    const struct tree_value *value = &node->properties[PROP_COMPATIBLE];
    const char *string = value->data, *end = string + value->size;
    for (; string < end && memchr(string, '\0', (size_t)(end - string)) != NULL; index--) {
        if (index == 0)
            return string;
        string += strlen(string) + 1;
    }
    return NULL;
}

uint32_t tree_cell_count(const struct tree_node *node, enum tree_property property)
{
    const struct tree_value *value = &node->properties[property];
    return value->data != NULL ? (uint32_t)value->size / 4 : 0;
}

uint32_t tree_cell(const struct tree_node *node, enum tree_property property, uint32_t index,
                   uint32_t fallback)
{
    const fdt32_t *cells = node->properties[property].data;
    if (cells == NULL || index >= tree_cell_count(node, property))
        return fallback;
    return fdt32_ld(cells + index);
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

struct wired_irq tree_irq(const struct tree_node *node)
{
    bool extended = node->properties[PROP_INTERRUPTS_EXTENDED].data != NULL;
    enum tree_property property = extended ? PROP_INTERRUPTS_EXTENDED : PROP_INTERRUPTS;
    uint32_t first = extended ? 1 : 0;
    return (struct wired_irq){
        .controller = extended ? tree_cell(node, property, 0, 0) : node->interrupt_parent,
        .source = tree_cell(node, property, first, 0),
        .trigger = (enum irq_trigger)tree_cell(node, property, first + 1, IRQ_LEVEL_HIGH),
    };
}
