#include <lib/tree_faults.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CELLS_SHOWN 4
#define TEXT_SHOWN 32
#define PATH_NODES 4 /* the last ones of a long path */

enum form {
    FORM_ANY,
    FORM_TEXT,   /* ends in a 0 */
    FORM_CELL,   /* one, from `least` to `most` */
    FORM_NUMBER, /* the same, in one or two cells */
    FORM_CELLS,  /* one or more */
    FORM_REG,    /* entries of as many cells as the bus says */
};

/* By the bindings; for a frequency what time can be kept with. */
static const struct rule {
    enum form form;
    uint64_t least, most;
} rules[PROP_COUNT] = {
    [PROP_COMPATIBLE] = {FORM_TEXT, 0, 0},
    [PROP_STATUS] = {FORM_TEXT, 0, 0},
    [PROP_DEVICE_TYPE] = {FORM_TEXT, 0, 0},
    [PROP_REG] = {FORM_REG, 0, 0},
    [PROP_PHANDLE] = {FORM_CELL, 1, UINT32_MAX - 1},
    [PROP_ADDRESS_CELLS] = {FORM_CELL, 0, 4},
    [PROP_SIZE_CELLS] = {FORM_CELL, 0, 4},
    [PROP_INTERRUPT_CELLS] = {FORM_CELL, 0, 8},
    [PROP_INTERRUPT_PARENT] = {FORM_CELL, 1, UINT32_MAX - 1},
    [PROP_INTERRUPTS] = {FORM_CELLS, 0, 0},
    [PROP_INTERRUPTS_EXTENDED] = {FORM_CELLS, 0, 0},
    [PROP_MSI_PARENT] = {FORM_CELLS, 0, 0},
    [PROP_STDOUT_PATH] = {FORM_TEXT, 0, 0},
    [PROP_BOOTARGS] = {FORM_TEXT, 0, 0},
    [PROP_INITRD_START] = {FORM_NUMBER, 0, TREE_ADDRESS_END},
    [PROP_INITRD_END] = {FORM_NUMBER, 0, TREE_ADDRESS_END},
    [PROP_TIMEBASE] = {FORM_NUMBER, 1000, UINT32_MAX},
    [PROP_ISA] = {FORM_TEXT, 0, 0},
    [PROP_ISA_EXTENSIONS] = {FORM_TEXT, 0, 0},
    [PROP_MMU_TYPE] = {FORM_TEXT, 0, 0},
    [PROP_CBOM_BLOCK] = {FORM_CELL, 1, 4096},
    [PROP_CBOP_BLOCK] = {FORM_CELL, 1, 4096},
    [PROP_CBOZ_BLOCK] = {FORM_CELL, 1, 4096},
    [PROP_REG_SHIFT] = {FORM_CELL, 0, 4},
    [PROP_REG_IO_WIDTH] = {FORM_CELL, 1, 8},
    [PROP_REG_OFFSET] = {FORM_CELL, 0, UINT32_MAX},
    [PROP_NDEV] = {FORM_CELL, 1, 1023},
    [PROP_NUM_SOURCES] = {FORM_CELL, 1, 1023},
    [PROP_NUM_IDS] = {FORM_CELL, 63, 2047},
    [PROP_NUM_GUEST_IDS] = {FORM_CELL, 63, 2047},
    [PROP_GUEST_INDEX_BITS] = {FORM_CELL, 0, 6},
    [PROP_HART_INDEX_BITS] = {FORM_CELL, 0, 15},
    [PROP_GROUP_INDEX_BITS] = {FORM_CELL, 0, 7},
    [PROP_GROUP_INDEX_SHIFT] = {FORM_CELL, 0, 55},
};

struct line {
    char *text;
    size_t used;
};

static void __attribute__((format(printf, 2, 3))) put(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(line->text + line->used, TREE_FAULT_SIZE - line->used, format, arguments);
    va_end(arguments);
    line->used += length > 0 ? (size_t)length : 0;
    if (line->used >= TREE_FAULT_SIZE)
        line->used = TREE_FAULT_SIZE - 1;
}

static void put_path(struct line *line, const struct tree_node *node)
{
    const struct tree_node *path[PATH_NODES];
    unsigned count = 0;
    for (; node != NULL && node->name[0] != '\0' && count < PATH_NODES; node = node->parent)
        path[count++] = node;
    if (count == 0)
        put(line, "/");
    while (count-- > 0)
        put(line, "/%s", path[count]->name);
}

/* Text comes from files: what could move a terminal's cursor is not printed. */
static bool is_printable(struct tree_value value)
{
    const char *text = value.data;
    for (uint32_t i = 0; i + 1 < value.size; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return value.size > 0 && text[value.size - 1] == '\0';
}

static void put_value(struct line *line, const struct tree_node *node, enum tree_property property)
{
    struct tree_value value = tree_value(node, property);
    if (rules[property].form == FORM_TEXT && is_printable(value)) {
        put(line, "\"%.*s\"", TEXT_SHOWN, (const char *)value.data);
        return;
    }
    put(line, "<");
    for (uint32_t i = 0; i < tree_cell_count(node, property) && i < CELLS_SHOWN; i++)
        put(line, "%s%#x", i > 0 ? " " : "", tree_cell(node, property, i, 0));
    put(line, "%s> (%u bytes)", value.size > 4 * CELLS_SHOWN ? " ..." : "", value.size);
}

void tree_describe_fault(const struct tree_node *node, enum tree_property property,
                         const char *expected, char text[TREE_FAULT_SIZE])
{
    struct line line = {.used = 0};
    line.text = text;
    put_path(&line, node);
    put(&line, ": %s", tree_property_name(property));
    if (tree_value(node, property).data == NULL) {
        put(&line, " is missing: expected %s", expected);
        return;
    }
    put(&line, " = ");
    put_value(&line, node, property);
    put(&line, ": expected %s", expected);
}

void tree_faults_add(struct tree_faults *faults, const struct tree_node *node,
                     enum tree_property property, const char *expected)
{
    if (faults->count < TREE_FAULTS_KEPT)
        tree_describe_fault(node, property, expected, faults->text[faults->count]);
    faults->count++;
}

bool tree_is_block(uint64_t base, uint64_t size)
{
    return size > 0 && base < TREE_ADDRESS_END && size <= TREE_ADDRESS_END - base;
}

static bool is_in_bounds(const struct tree_node *node, enum tree_property property)
{
    const struct rule *rule = &rules[property];
    uint64_t value = tree_number(node, property, UINT64_MAX);
    return value >= rule->least && value <= rule->most;
}

static bool is_good_reg(const struct tree_node *node)
{
    uint32_t size = node->properties[PROP_REG].size;
    uint32_t step = node->parent != NULL ? 4 * tree_reg_cells(node) : 0;
    return step != 0 && size > 0 && size % step == 0;
}

static bool is_good(const struct tree_node *node, enum tree_property property)
{
    struct tree_value value = tree_value(node, property);
    switch (rules[property].form) {
    case FORM_TEXT:
        return value.size > 0 && ((const char *)value.data)[value.size - 1] == '\0';
    case FORM_CELL:
        return value.size == 4 && is_in_bounds(node, property);
    case FORM_NUMBER:
        return (value.size == 4 || value.size == 8) && is_in_bounds(node, property);
    case FORM_CELLS:
        return value.size > 0 && value.size % 4 == 0;
    case FORM_REG:
        return is_good_reg(node);
    case FORM_ANY:
        break;
    }
    return true;
}

static void add(struct tree_faults *faults, const struct tree_node *node,
                enum tree_property property)
{
    const struct rule *rule = &rules[property];
    char expected[64];
    switch (rule->form) {
    case FORM_TEXT:
        snprintf(expected, sizeof expected, "text that ends in a 0");
        break;
    case FORM_CELL:
    case FORM_NUMBER:
        snprintf(expected, sizeof expected, "one cell%s, from %lu to %lu",
                 rule->form == FORM_NUMBER ? " or two" : "", (unsigned long)rule->least,
                 (unsigned long)rule->most);
        break;
    case FORM_REG:
        snprintf(expected, sizeof expected, "entries of %u cells, as the node above has it",
                 node->parent != NULL ? tree_reg_cells(node) : 0);
        break;
    default:
        snprintf(expected, sizeof expected, "whole cells, one or more");
    }
    tree_faults_add(faults, node, property, expected);
}

void tree_check(struct tree_faults *faults, const struct tree_node *node)
{
    for (unsigned i = 0; i < PROP_COUNT; i++) {
        enum tree_property property = (enum tree_property)i;
        if (node->properties[i].at != 0 && !is_good(node, property))
            add(faults, node, property);
    }
}
