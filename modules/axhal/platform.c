/*
 * One walk over the tree takes note of all but the reserved memory: of that only what lies in
 * memory counts, and memory may come after it.
 */
#include <axhal/platform.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "memory_ranges.h"

#define TEXT_OF(number) #number
#define NUMBER(macro) TEXT_OF(macro)

/* What time is kept with; a guest's tree has one cell for it. */
#define TIMEBASE_LEAST 1000
#define TIMEBASE_MOST 4294967295

struct survey {
    struct platform *p;
    uint32_t harts_left; /* that this build can still use, besides the boot hart */
    bool has_cpus, has_boot_hart, has_memory, memory_full;
    int reserved; /* libfdt's offset of /reserved-memory; -1: there is none */
};

static struct range_list memory_of(struct platform *p)
{
    return (struct range_list){p->memory, &p->memory_count, PLATFORM_MAX_MEMORY};
}

static struct range_list reserved_of(struct platform *p)
{
    return (struct range_list){p->reserved, &p->reserved_count, PLATFORM_MAX_RESERVED};
}

static bool has_device_type(const struct tree_node *node, const char *type)
{
    const char *found = tree_text(node, PROP_DEVICE_TYPE);
    return found != NULL && strcmp(found, type) == 0;
}

static void visit_memory(struct survey *s, const struct tree_node *node)
{
    struct range_list memory = memory_of(s->p);
    uint64_t base, size;
    s->has_memory = true;
    if (tree_value(node, PROP_REG).data == NULL)
        tree_faults_add(&s->p->faults, node, PROP_REG, "base and size of RAM");
    for (uint32_t i = 0; tree_reg_on_bus(node, i, &base, &size); i++) {
        if (!tree_is_block(base, size))
            tree_faults_add(&s->p->faults, node, PROP_REG, "RAM: not empty, and below 2^56");
        else if (!memory_ranges_add(&memory, base, size))
            s->memory_full = true;
    }
}

static const char *initrd_fault(uint64_t start, uint64_t end, enum tree_property *property)
{
    *property = start == UINT64_MAX ? PROP_INITRD_START : PROP_INITRD_END;
    if (start == UINT64_MAX || end == UINT64_MAX)
        return "an address of one or two cells";
    if (end <= start)
        return "more than linux,initrd-start";
    return tree_is_block(start, end - start) ? NULL : "an address below 2^56";
}

static void visit_chosen(struct survey *s, const struct tree_node *node)
{
    uint64_t start = tree_number(node, PROP_INITRD_START, UINT64_MAX);
    uint64_t end = tree_number(node, PROP_INITRD_END, UINT64_MAX);
    enum tree_property property;
    const char *expected = initrd_fault(start, end, &property);
    bool said = tree_value(node, PROP_INITRD_START).data != NULL ||
                tree_value(node, PROP_INITRD_END).data != NULL;
    if (said && expected != NULL)
        tree_describe_fault(node, property, expected, s->p->no_initrd);
    else if (said)
        s->p->initrd = (struct memory_range){.base = hpa(start), .size = end - start};
    s->p->bootargs = tree_text(node, PROP_BOOTARGS);
    s->p->rng_seed = tree_value(node, PROP_RNG_SEED);
}

static void read_boot_cpu(struct platform *p, const struct tree_node *node)
{
    struct tree_value extensions = tree_value(node, PROP_ISA_EXTENSIONS);
    p->isa = tree_text(node, PROP_ISA);
    p->isa_extensions = extensions.data;
    p->isa_extensions_size = (int)extensions.size;
    p->mmu_type = tree_text(node, PROP_MMU_TYPE);
    p->cbom_block = tree_cell(node, PROP_CBOM_BLOCK, 0, 0);
    p->cbop_block = tree_cell(node, PROP_CBOP_BLOCK, 0, 0);
    p->cboz_block = tree_cell(node, PROP_CBOZ_BLOCK, 0, 0);
}

/* Of all harts, or of the first one that says it. */
static void read_timebase(struct platform *p, const struct tree_node *node)
{
    uint64_t hz = tree_number(node, PROP_TIMEBASE, 0);
    if (p->timebase == 0 && hz >= TIMEBASE_LEAST && hz <= TIMEBASE_MOST)
        p->timebase = hz;
}

/* Those that are used have room for sure: there are at most PLATFORM_MAX_HARTS. */
static void list_hart(struct survey *s, struct platform_hart hart)
{
    struct platform *p = s->p;
    uint32_t to_come = s->harts_left + !s->has_boot_hart;
    bool fits = p->hart_count + to_come < PLATFORM_MAX_LISTED;
    if (hart.absence == HART_PRESENT || fits)
        p->harts[p->hart_count++] = hart;
    else
        p->unlisted_harts++;
}

static void visit_hart(struct survey *s, const struct tree_node *node)
{
    struct platform_hart hart = {.absence = HART_PRESENT};
    uint64_t none;
    tree_check(&s->p->faults, node);
    if (!tree_reg_on_bus(node, 0, &hart.id, &none)) {
        if (tree_value(node, PROP_REG).data == NULL)
            tree_faults_add(&s->p->faults, node, PROP_REG, "the hart's id");
        return;
    }
    read_timebase(s->p, node);
    if (hart.id == s->p->boot_hart_id) {
        s->has_boot_hart = true;
        read_boot_cpu(s->p, node);
    } else if (!node->enabled) {
        hart.absence = HART_DISABLED;
    } else if (s->harts_left == 0) {
        hart.absence = HART_SURPLUS;
    } else {
        s->harts_left--;
    }
    list_hart(s, hart);
}

static void note_end(struct platform *p, hpa_t base, uint64_t size)
{
    uint64_t end = size <= UINT64_MAX - base.a ? base.a + size : UINT64_MAX;
    p->address_end = end > p->address_end ? end : p->address_end;
}

/* The registers of devices, and PCI's windows, in which they will lie. */
static void note_addresses(struct survey *s, const struct tree_node *node)
{
    hpa_t base;
    uint64_t size;
    for (uint32_t i = 0; tree_reg(node, i, &base, &size); i++)
        note_end(s->p, base, size);
    bool is_pci = tree_cell(node, PROP_ADDRESS_CELLS, 0, 0) == 3; /* IEEE 1275 PCI binding */
    for (uint32_t i = 0; is_pci && tree_window(node, i, &base, &size); i++)
        note_end(s->p, base, size);
}

/* A panic of the boot must find it, before any driver is up. */
static void note_finisher(struct survey *s, const struct tree_node *node)
{
    const char *compatible;
    hpa_t base;
    uint64_t size;
    for (uint32_t n = 0; (compatible = tree_compatible(node, n)) != NULL; n++)
        if (strcmp(compatible, "sifive,test0") == 0 && node->enabled &&
            tree_reg(node, 0, &base, &size) && size >= sizeof(uint32_t))
            s->p->finisher = base;
}

/* Of these nodes, and of the harts', the host reads all that it knows. */
static bool is_read(const struct tree_node *node)
{
    return node->enabled &&
           (tree_is_top(node, "chosen") || tree_is_top(node, "cpus") ||
            tree_is_top(node, "reserved-memory") || has_device_type(node, "memory"));
}

static void visit_top(struct survey *s, const struct tree_node *node)
{
    if (is_read(node))
        tree_check(&s->p->faults, node);
    if (tree_is_top(node, "chosen")) {
        visit_chosen(s, node);
    } else if (tree_is_top(node, "cpus")) {
        s->has_cpus = true;
        read_timebase(s->p, node);
    } else if (tree_is_top(node, "reserved-memory")) {
        s->reserved = node->offset;
    } else if (node->enabled && has_device_type(node, "memory")) {
        visit_memory(s, node);
    }
}

static void visit(const struct tree_node *node, void *context)
{
    struct survey *s = context;
    if (node->parent == NULL) {
        tree_check(&s->p->faults, node);
        return;
    }
    if (node->parent->parent == NULL)
        visit_top(s, node);
    else if (tree_is_top(node->parent, "cpus") && has_device_type(node, "cpu"))
        visit_hart(s, node);
    note_addresses(s, node);
    note_finisher(s, node);
}

bool platform_reserve(struct platform *p, hpa_t base, uint64_t size)
{
    struct range_list reserved = reserved_of(p);
    return memory_ranges_add_within(&reserved, base.a, size, p->memory, p->memory_count);
}

struct reservation {
    struct platform *p;
    bool full;
};

/* Directly below /reserved-memory; one without reg is memory that Linux may choose (Devicetree 0.4
 * §3.5.2). */
static void visit_reserved(const struct tree_node *node, void *context)
{
    struct reservation *r = context;
    uint64_t base, size;
    if (node->parent == NULL || node->parent->parent != NULL || !node->enabled)
        return;
    tree_check(&r->p->faults, node);
    for (uint32_t i = 0; tree_reg_on_bus(node, i, &base, &size); i++)
        r->full |= !platform_reserve(r->p, hpa(base), size);
}

static bool reserve_all(struct platform *p, int reserved_node)
{
    struct reservation r = {.p = p};
    uint64_t base, size;
    for (int i = 0; i < fdt_num_mem_rsv(p->fdt); i++)
        if (fdt_get_mem_rsv(p->fdt, i, &base, &size) == 0)
            r.full |= !platform_reserve(p, hpa(base), size);
    if (reserved_node >= 0)
        (void)tree_walk_below(p->fdt, reserved_node, visit_reserved, &r); /* was walked before */
    r.full |= !platform_reserve(p, hpa((uintptr_t)p->fdt), p->fdt_size);
    r.full |= !platform_reserve(p, p->initrd.base, p->initrd.size);
    return !r.full;
}

/* Returns what a boot needs and the tree lacks; NULL if it lacks none of it. */
static const char *find_missing(const struct survey *s)
{
    if (s->memory_full)
        return "/memory: more than " NUMBER(PLATFORM_MAX_MEMORY) " separate ranges; expected at "
                                                                 "most so many";
    if (!s->has_memory)
        return "/memory: no such node: expected one with device_type = \"memory\"";
    if (s->p->memory_count == 0)
        return "/memory: reg: no RAM in it: expected a base and a size that is not 0";
    if (!s->has_cpus)
        return "/cpus: no such node: expected one with a node for each hart";
    if (!s->has_boot_hart) {
        snprintf(s->p->missing, sizeof s->p->missing,
                 "/cpus: no node with the boot hart's id in reg: expected one with %lu",
                 (unsigned long)s->p->boot_hart_id);
        return s->p->missing;
    }
    return s->p->timebase != 0 ? NULL
                               : "/cpus: no timebase-frequency that can be used: expected " NUMBER(
                                     TIMEBASE_LEAST) " to " NUMBER(TIMEBASE_MOST) " Hz";
}

static const char *broken_tree(struct platform *p, const char *what)
{
    snprintf(p->missing, sizeof p->missing,
             "the device tree at 0x%lx: %s: expected a flattened tree of version 17",
             (unsigned long)(uintptr_t)p->fdt, what);
    return p->missing;
}

enum err platform_parse(struct platform *p, const void *fdt, uint64_t boot_hart_id, uint32_t usable,
                        const char **missing)
{
    *p = (struct platform){.fdt = fdt, .boot_hart_id = boot_hart_id};
    struct survey s = {.p = p, .harts_left = usable - 1, .reserved = -1};
    int error = fdt_check_header(fdt);
    if (error != 0) {
        *missing = broken_tree(p, fdt_strerror(error));
        return ERR_FORMAT;
    }
    p->fdt_size = fdt_totalsize(fdt);
    if (tree_walk(fdt, visit, &s) != OK) {
        *missing = broken_tree(p, "broken structure block");
        return ERR_FORMAT;
    }
    *missing = find_missing(&s);
    if (!reserve_all(p, s.reserved) && *missing == NULL)
        *missing = "reserved memory: more than " NUMBER(
            PLATFORM_MAX_RESERVED) " separate ranges "
                                   "inside memory; expected at most so many";
    return *missing == NULL ? OK : ERR_FORMAT;
}

/* In riscv,isa: single letters up to the first '_', then names between '_'. */
static bool isa_string_has(const char *isa, const char *name)
{
    size_t length = strlen(name);
    const char *rest = strlen(isa) > 4 ? isa + 4 : ""; /* after "rv64" */
    if (length == 1) {
        for (; *rest != '\0' && *rest != '_'; rest++) {
            if (*rest == name[0])
                return true;
        }
        return false;
    }
    while ((rest = strchr(rest, '_')) != NULL) {
        rest++;
        if (strncmp(rest, name, length) == 0 && (rest[length] == '_' || rest[length] == '\0'))
            return true;
    }
    return false;
}

bool platform_has_extension(const struct platform *p, const char *name)
{
    if (p->isa_extensions != NULL)
        return fdt_stringlist_contains(p->isa_extensions, p->isa_extensions_size, name) == 1;
    return p->isa != NULL && isa_string_has(p->isa, name);
}
