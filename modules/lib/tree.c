#include <lib/tree.h>
#include <libfdt.h>
#include <string.h>

#define TREE_NAME(name, text) [PROP_##name] = (text),
static const char *const names[PROP_COUNT] = {TREE_PROPERTIES(TREE_NAME)};
#undef TREE_NAME

/* A name lies once in the strings block, so its place there stands for it. */
#define KNOWN_NAMES 64

/* Where the walk stands. */
struct cursor {
    const fdt32_t *start, *at, *end; /* the structure block */
    const char *strings;             /* the strings block, which ends in a 0 */
    uint32_t strings_size;
    struct {
        uint32_t key; /* place in the strings block plus 1; 0: not used */
        enum tree_property property;
    } known[KNOWN_NAMES];
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
    return c->strings_size == 0 || c->strings[c->strings_size - 1] == '\0';
}

/* Bytes that are left in the block. */
static size_t left(const struct cursor *c)
{
    return (size_t)((const char *)c->end - (const char *)c->at);
}

/* The next word; 0, which is no token, after the end. */
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

static enum tree_property search_name(const char *name)
{
    unsigned i = 0;
    while (i < PROP_COUNT && (name[0] != names[i][0] || strcmp(name, names[i]) != 0))
        i++;
    return (enum tree_property)i;
}

/* PROP_COUNT: a name that is not in the list. */
static enum tree_property name_at(struct cursor *c, uint32_t offset)
{
    unsigned i = offset % KNOWN_NAMES;
    if (c->known[i].key != offset + 1) {
        c->known[i].property = search_name(c->strings + offset);
        c->known[i].key = offset + 1;
    }
    return c->known[i].property;
}

static bool read_property(struct cursor *c, struct tree_node *node)
{
    uint32_t size = next_word(c), name_offset = next_word(c);
    const char *data = take(c, size);
    if (data == NULL || size > INT32_MAX || name_offset >= c->strings_size)
        return false;
    enum tree_property property = name_at(c, name_offset);
    if (property < PROP_COUNT) {
        node->properties[property].at = (uint32_t)(data - (const char *)c->start);
        node->properties[property].size = size;
    }
    return true;
}

/* The cursor is after the node's token. */
static bool begin_node(struct cursor *c, const struct tree_node *parent, struct tree_node *node)
{
    *node = (struct tree_node){
        .parent = parent,
        .block = (const char *)c->start,
        .offset = (int)((const char *)(c->at - 1) - (const char *)c->start),
    };
    node->name = take(c, strnlen((const char *)c->at, left(c)) + 1);
    return node->name != NULL;
}

static bool has_okay_status(const struct tree_node *node)
{
    struct tree_value status = tree_value(node, PROP_STATUS);
    return status.data == NULL || (status.size == 5 && memcmp(status.data, "okay", 5) == 0) ||
           (status.size == 3 && memcmp(status.data, "ok", 3) == 0);
}

/* Once its properties are known, which come before its children (§5.4.2). */
static void inherit(struct tree_node *node)
{
    const struct tree_node *parent = node->parent;
    node->interrupt_parent =
        tree_cell(node, PROP_INTERRUPT_PARENT, 0, parent != NULL ? parent->interrupt_parent : 0);
    node->enabled = (parent == NULL || parent->enabled) && has_okay_status(node);
}

/* The walk's state: the nodes from the root to where it stands. */
struct walk {
    struct cursor cursor;
    struct tree_node path[TREE_MAX_DEPTH];
    int depth;    /* of the node that it is in; -1: outside the root */
    bool pending; /* that node is still to be visited */
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
    if (!w->pending) /* outside a node, or after its children */
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

/* Until the first node has ended, or the tree has. */
static enum err walk(struct walk *w)
{
    bool good = true;
    while (good) {
        switch (next_word(&w->cursor)) {
        case FDT_BEGIN_NODE:
            good = enter(w);
            break;
        case FDT_PROP:
            good = property(w);
            break;
        case FDT_END_NODE:
            good = leave(w);
            if (good && w->depth == -1)
                return OK;
            break;
        case FDT_NOP:
            break;
        default:
            good = false;
        }
    }
    return ERR_FORMAT;
}

static enum err walk_at(struct walk *w, const void *fdt, int offset)
{
    if (!open_tree(fdt, &w->cursor) || offset < 0 || (size_t)offset >= left(&w->cursor))
        return ERR_FORMAT;
    w->cursor.at += (size_t)offset / sizeof(fdt32_t);
    return walk(w);
}

enum err tree_walk(const void *fdt, void (*visit)(const struct tree_node *node, void *context),
                   void *context)
{
    struct walk w = {.depth = -1, .visit = visit, .context = context};
    enum err err = walk_at(&w, fdt, 0);
    uint32_t token;
    do
        token = next_word(&w.cursor);
    while (token == FDT_NOP);
    return err == OK && token != FDT_END ? ERR_FORMAT : err;
}

enum err tree_walk_below(const void *fdt, int offset,
                         void (*visit)(const struct tree_node *node, void *context), void *context)
{
    struct walk w = {.depth = -1, .visit = visit, .context = context};
    return walk_at(&w, fdt, offset);
}

const char *tree_property_name(enum tree_property property)
{
    return names[property];
}

struct tree_value tree_value(const struct tree_node *node, enum tree_property property)
{
    uint32_t at = node->properties[property].at;
    return (struct tree_value){at != 0 ? node->block + at : NULL, node->properties[property].size};
}

const char *tree_text(const struct tree_node *node, enum tree_property property)
{
    struct tree_value value = tree_value(node, property);
    bool ends = value.data != NULL && memchr(value.data, '\0', value.size) != NULL;
    return ends ? value.data : NULL;
}

const char *tree_compatible(const struct tree_node *node, uint32_t index)
{
    struct tree_value value = tree_value(node, PROP_COMPATIBLE);
    const char *string = value.data, *end = string + value.size;
    for (; string < end && memchr(string, '\0', (size_t)(end - string)) != NULL; index--) {
        if (index == 0)
            return string;
        string += strlen(string) + 1;
    }
    return NULL;
}

uint32_t tree_cell_count(const struct tree_node *node, enum tree_property property)
{
    return node->properties[property].at != 0 ? node->properties[property].size / 4 : 0;
}

uint32_t tree_cell(const struct tree_node *node, enum tree_property property, uint32_t index,
                   uint32_t fallback)
{
    if (index >= tree_cell_count(node, property))
        return fallback;
    return fdt32_ld((const fdt32_t *)tree_value(node, property).data + index);
}

/* `count` cells from `index` on, which are there; 0 cells are a 0. */
static uint64_t number_at(const struct tree_node *node, enum tree_property property, uint32_t index,
                          uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++)
        value = value << 32 | tree_cell(node, property, index + i, 0);
    return value;
}

uint64_t tree_number(const struct tree_node *node, enum tree_property property, uint64_t fallback)
{
    uint32_t size = node->properties[property].size;
    if (node->properties[property].at == 0 || (size != 4 && size != 8))
        return fallback;
    return number_at(node, property, 0, size / 4);
}

bool tree_is_top(const struct tree_node *node, const char *name)
{
    return node->parent != NULL && node->parent->parent == NULL && strcmp(node->name, name) == 0;
}

/* Devicetree 0.4 §2.3.5: without its properties a bus has 2 address cells and 1 size cell. */
static uint32_t address_cells(const struct tree_node *bus)
{
    return tree_cell(bus, PROP_ADDRESS_CELLS, 0, 2);
}

static uint32_t size_cells(const struct tree_node *bus)
{
    return tree_cell(bus, PROP_SIZE_CELLS, 0, 1);
}

uint32_t tree_reg_cells(const struct tree_node *node)
{
    return address_cells(node->parent) + size_cells(node->parent);
}

/* An entry of ranges or dma-ranges: address on the bus, address on the one above, size. */
struct mapping {
    uint64_t bus, above, size;
};

/* A bus address of 3 cells is not read: `bus` is what its last two say. */
static bool read_range(const struct tree_node *bus, enum tree_property property, uint32_t index,
                       struct mapping *range)
{
    uint32_t own = address_cells(bus), above = address_cells(bus->parent), sizes = size_cells(bus);
    uint32_t step = own + above + sizes, at = index * step;
    if (own < 1 || own > 3 || above < 1 || above > 2 || sizes < 1 || sizes > 2 ||
        index >= tree_cell_count(bus, property) / step)
        return false;
    uint32_t skipped = own > 2 ? own - 2 : 0;
    range->bus = number_at(bus, property, at + skipped, own - skipped);
    range->above = number_at(bus, property, at + own, above);
    range->size = number_at(bus, property, at + own + above, sizes);
    return range->above <= UINT64_MAX - range->size;
}

static bool is_in_range(const struct mapping *range, uint64_t base, uint64_t size)
{
    return range_inside(base, size, range->bus, range->size);
}

/* From an address on a bus to the one above it. */
static bool hand_on(const struct tree_node *bus, uint64_t *base, uint64_t size)
{
    struct tree_value ranges = tree_value(bus, PROP_RANGES);
    struct mapping range;
    if (ranges.data == NULL || address_cells(bus) > 2)
        return false;
    if (ranges.size == 0)
        return true;
    for (uint32_t i = 0; read_range(bus, PROP_RANGES, i, &range); i++) {
        if (is_in_range(&range, *base, size)) {
            *base = *base - range.bus + range.above;
            return true;
        }
    }
    return false;
}

static bool translate(const struct tree_node *bus, uint64_t base, uint64_t size, hpa_t *out)
{
    for (; bus->parent != NULL; bus = bus->parent)
        if (!hand_on(bus, &base, size))
            return false;
    *out = hpa(base);
    return true;
}

bool tree_reg_on_bus(const struct tree_node *node, uint32_t index, uint64_t *base, uint64_t *size)
{
    if (node->parent == NULL)
        return false;
    uint32_t addresses = address_cells(node->parent), sizes = size_cells(node->parent);
    uint32_t step = addresses + sizes;
    if (addresses < 1 || addresses > 2 || sizes > 2 ||
        index >= tree_cell_count(node, PROP_REG) / step)
        return false;
    *base = number_at(node, PROP_REG, index * step, addresses);
    *size = number_at(node, PROP_REG, index * step + addresses, sizes);
    return true;
}

bool tree_reg(const struct tree_node *node, uint32_t index, hpa_t *base, uint64_t *size)
{
    uint64_t on_bus;
    return tree_reg_on_bus(node, index, &on_bus, size) &&
           translate(node->parent, on_bus, *size, base);
}

bool tree_window(const struct tree_node *bus, uint32_t index, hpa_t *base, uint64_t *size)
{
    struct mapping range;
    if (bus->parent == NULL || !read_range(bus, PROP_RANGES, index, &range))
        return false;
    *size = range.size;
    return translate(bus->parent, range.above, range.size, base);
}

/* Without dma-ranges, or with empty ones, a bus hands all addresses on as they are. */
static bool dma_hands_on(const struct tree_node *bus, uint64_t base, uint64_t size)
{
    struct mapping range;
    if (tree_value(bus, PROP_DMA_RANGES).size == 0)
        return true;
    for (uint32_t i = 0; read_range(bus, PROP_DMA_RANGES, i, &range); i++)
        if (range.bus == range.above && is_in_range(&range, base, size))
            return true;
    return false;
}

bool tree_dma_reaches(const struct tree_node *node, hpa_t base, uint64_t size)
{
    for (const struct tree_node *bus = node->parent; bus != NULL && bus->parent != NULL;
         bus = bus->parent)
        if (!dma_hands_on(bus, base.a, size))
            return false;
    return true;
}
