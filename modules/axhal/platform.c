#include <axhal/platform.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <string.h>

/* The value of `cells` 32-bit cells, big-endian. */
static uint64_t read_cells(const fdt32_t *cell, int cells)
{
    uint64_t value = 0;
    for (int i = 0; i < cells; i++)
        value = value << 32 | fdt32_to_cpu(cell[i]);
    return value;
}

/* A property of one or two cells; `fallback` if it is not there or of another size. */
static uint64_t read_number(const void *fdt, int node, const char *name, uint64_t fallback)
{
    int size = 0;
    const fdt32_t *cell = fdt_getprop(fdt, node, name, &size);
    return cell != NULL && (size == 4 || size == 8) ? read_cells(cell, size / 4) : fallback;
}

static bool is_disabled(const void *fdt, int node)
{
    int size = 0;
    const char *status = fdt_getprop(fdt, node, "status", &size);
    return status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0;
}

static bool has_device_type(const void *fdt, int node, const char *type)
{
    const char *found = fdt_getprop(fdt, node, "device_type", NULL);
    return found != NULL && strcmp(found, type) == 0;
}

/* Appends the ranges of a `reg`; false if there are more than `room`. */
static bool read_ranges(const void *fdt, int node, int parent, struct memory_range *to,
                        uint32_t *count, uint32_t room)
{
    int addresses = fdt_address_cells(fdt, parent), sizes = fdt_size_cells(fdt, parent), size = 0;
    const fdt32_t *cell = fdt_getprop(fdt, node, "reg", &size);
    if (cell == NULL || addresses < 1 || sizes < 1)
        return true;
    int step = addresses + sizes;
    for (int left = size / 4; left >= step; left -= step, cell += step) {
        if (*count == room)
            return false;
        to[(*count)++] = (struct memory_range){.base = hpa(read_cells(cell, addresses)),
                                               .size = read_cells(cell + addresses, sizes)};
    }
    return true;
}

/* Raises address_end to the end of the ranges in `name`: `child` cells, then an address, a size. */
static void note_ranges(struct platform *p, const void *fdt, int node, const char *name, int child,
                        int addresses, int sizes)
{
    int size = 0, step = child + addresses + sizes;
    const fdt32_t *cell = fdt_getprop(fdt, node, name, &size);
    if (cell == NULL || child < 0 || addresses < 1 || addresses > 2 || sizes < 0 || sizes > 2)
        return;
    for (int left = size / 4; left >= step; left -= step, cell += step) {
        uint64_t base = read_cells(cell + child, addresses);
        uint64_t end = base + read_cells(cell + child + addresses, sizes);
        end = end < base ? UINT64_MAX : end;
        p->address_end = end > p->address_end ? end : p->address_end;
    }
}

/* Buses in buses that are looked into: as deep as the drivers' search goes. */
#define BUS_DEPTH 8

/*
 * The registers of a bus's devices, and what the bus hands on: PCI's windows too, whose addresses
 * have three cells on the bus's side (DT spec 0.4 §2.3.8; IEEE 1275 PCI binding). A bus maps its
 * addresses by `ranges`, an empty one to the same addresses.
 */
static void note_bus(struct platform *p, const void *fdt, int bus, unsigned depth)
{
    if (depth == BUS_DEPTH)
        return;
    int node, addresses = fdt_address_cells(fdt, bus), sizes = fdt_size_cells(fdt, bus);
    fdt_for_each_subnode(node, fdt, bus) {
        note_ranges(p, fdt, node, "reg", 0, addresses, sizes);
        if (fdt_getprop(fdt, node, "ranges", NULL) == NULL)
            continue;
        note_ranges(p, fdt, node, "ranges", fdt_address_cells(fdt, node), addresses,
                    fdt_size_cells(fdt, node));
        note_bus(p, fdt, node, depth + 1);
    }
}

static bool add_reserved(struct platform *p, uint64_t base, uint64_t size)
{
    if (size == 0)
        return true;
    if (p->reserved_count == PLATFORM_MAX_RESERVED)
        return false;
    p->reserved[p->reserved_count++] = (struct memory_range){.base = hpa(base), .size = size};
    return true;
}

/* The nodes below the root that a boot needs, found in one pass: a scan of the tree is slow. */
struct top_nodes {
    int chosen, cpus, reserved; /* negative: not there */
};

static const char *find_top_nodes(struct platform *p, const void *fdt, struct top_nodes *top)
{
    int node;
    *top = (struct top_nodes){-1, -1, -1};
    fdt_for_each_subnode(node, fdt, 0) {
        const char *name = fdt_get_name(fdt, node, NULL);
        if (strcmp(name, "chosen") == 0)
            top->chosen = node;
        else if (strcmp(name, "cpus") == 0)
            top->cpus = node;
        else if (strcmp(name, "reserved-memory") == 0)
            top->reserved = node;
        else if (has_device_type(fdt, node, "memory") && !is_disabled(fdt, node) &&
                 !read_ranges(fdt, node, 0, p->memory, &p->memory_count, PLATFORM_MAX_MEMORY))
            return "/memory: more ranges than this host can hold";
    }
    return p->memory_count > 0 ? NULL : "/memory: no such node with a reg";
}

static const char *parse_reserved(struct platform *p, const void *fdt, int parent)
{
    static const char full[] = "reserved memory: more ranges than this host can hold";
    for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
        uint64_t base, size;
        if (fdt_get_mem_rsv(fdt, i, &base, &size) == 0 && !add_reserved(p, base, size))
            return full;
    }
    int node;
    if (parent >= 0) {
        fdt_for_each_subnode(node, fdt, parent) {
            if (!read_ranges(fdt, node, parent, p->reserved, &p->reserved_count,
                             PLATFORM_MAX_RESERVED))
                return full;
        }
    }
    bool fits = add_reserved(p, (uintptr_t)fdt, fdt_totalsize(fdt)) &&
                add_reserved(p, p->initrd.base.a, p->initrd.size);
    return fits ? NULL : full;
}

static void parse_chosen(struct platform *p, const void *fdt, int chosen)
{
    if (chosen < 0)
        return;
    uint64_t start = read_number(fdt, chosen, "linux,initrd-start", 0);
    uint64_t end = read_number(fdt, chosen, "linux,initrd-end", 0);
    if (end > start)
        p->initrd = (struct memory_range){.base = hpa(start), .size = end - start};
}

static void parse_boot_cpu(struct platform *p, const void *fdt, int node)
{
    p->isa = fdt_getprop(fdt, node, "riscv,isa", NULL);
    p->isa_extensions = fdt_getprop(fdt, node, "riscv,isa-extensions", &p->isa_extensions_size);
    p->mmu_type = fdt_getprop(fdt, node, "mmu-type", NULL);
    p->cbom_block = (uint32_t)read_number(fdt, node, "riscv,cbom-block-size", 0);
    p->cbop_block = (uint32_t)read_number(fdt, node, "riscv,cbop-block-size", 0);
    p->cboz_block = (uint32_t)read_number(fdt, node, "riscv,cboz-block-size", 0);
}

/* Harts beyond the list's end are not used; the boot hart is, even if it is one of them. */
static void add_hart(struct platform *p, uint64_t id, bool disabled, uint32_t *left)
{
    if (p->hart_count == PLATFORM_MAX_HARTS)
        return;
    struct platform_hart *hart = &p->harts[p->hart_count++];
    hart->id = id;
    if (id == p->boot_hart_id)
        return;
    if (disabled)
        hart->absence = HART_DISABLED;
    else if (*left == 0)
        hart->absence = HART_SURPLUS;
    else
        --*left;
}

static const char *parse_cpus(struct platform *p, const void *fdt, int cpus, uint32_t usable)
{
    int node;
    if (cpus < 0)
        return "/cpus: no such node";
    p->timebase = read_number(fdt, cpus, "timebase-frequency", 0);
    uint32_t left = usable - 1; /* one is the boot hart */
    bool boot_found = false;
    fdt_for_each_subnode(node, fdt, cpus) {
        if (!has_device_type(fdt, node, "cpu"))
            continue;
        uint64_t id = read_number(fdt, node, "reg", UINT64_MAX);
        if (p->timebase == 0)
            p->timebase = read_number(fdt, node, "timebase-frequency", 0);
        if (id == p->boot_hart_id) {
            boot_found = true;
            parse_boot_cpu(p, fdt, node);
        }
        add_hart(p, id, is_disabled(fdt, node), &left);
    }
    if (!boot_found)
        return "/cpus: no node with the boot hart's id in reg";
    return p->timebase != 0 ? NULL : "/cpus: no timebase-frequency";
}

enum err platform_parse(struct platform *p, const void *fdt, uint64_t boot_hart_id, uint32_t usable,
                        const char **missing)
{
    *p = (struct platform){.fdt = fdt, .boot_hart_id = boot_hart_id};
    *missing = "the device tree: bad magic or version";
    if (fdt_check_header(fdt) != 0)
        return ERR_FORMAT;
    p->fdt_size = fdt_totalsize(fdt);
    struct top_nodes top;
    *missing = find_top_nodes(p, fdt, &top);
    parse_chosen(p, fdt, top.chosen);
    if (*missing == NULL)
        *missing = parse_reserved(p, fdt, top.reserved);
    if (*missing == NULL)
        *missing = parse_cpus(p, fdt, top.cpus, usable);
    note_bus(p, fdt, 0, 0);
    return *missing == NULL ? OK : ERR_FORMAT;
}

/* In riscv,isa: single letters up to the first '_', then names between '_'. */
static bool isa_string_has(const char *isa, const char *name)
{
    size_t length = strlen(name);
    const char *rest = strlen(isa) > 4 ? isa + 4 : ""; /* behind "rv64" */
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
