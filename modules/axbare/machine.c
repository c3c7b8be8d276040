/* Reads the device tree; see machine.h. */
#include <axbare/arch/sbi.h>
#include <axbare/fdt.h>
#include <axbare/imsic.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT (UINT64_C(2) << 20)

extern char _start[], image_end[];

/* An extension of several letters stands in riscv,isa between underscores. */
static bool isa_has(const char *isa, const char *extension)
{
    size_t length = strlen(extension);
    for (const char *at = strchr(isa, '_'); at; at = strchr(at + 1, '_'))
        if (strncmp(at + 1, extension, length) == 0 && (at[1 + length] == '_' || !at[1 + length]))
            return true;
    return false;
}

static bool cpu_has_sstc(const void *fdt, int cpu)
{
    if (fdt_stringlist_search(fdt, cpu, "riscv,isa-extensions", "sstc") >= 0)
        return true;
    const char *isa = fdt_getprop(fdt, cpu, "riscv,isa", NULL);
    return isa && isa_has(isa, "sstc");
}

static bool is_cpu(const void *fdt, int node)
{
    const char *type = fdt_getprop(fdt, node, "device_type", NULL);
    return type && strcmp(type, "cpu") == 0;
}

static bool read_cpus(struct machine *machine, const void *fdt, uint64_t self)
{
    int cpus = fdt_path_offset(fdt, "/cpus"), node;
    machine->timebase = fdt_number(fdt, cpus, "timebase-frequency", 0);
    fdt_for_each_subnode(node, fdt, cpus) {
        uint64_t id = fdt_number(fdt, node, "reg", self);
        if (!is_cpu(fdt, node))
            continue;
        if (id == self) {
            machine->has_sstc = cpu_has_sstc(fdt, node);
        } else if (!machine->has_peer && sbi_hart_status(id) == SBI_HSM_STOPPED) {
            machine->has_peer = true;
            machine->peer = id;
        }
    }
    return machine->timebase != 0;
}

/* The range of `memory`'s reg that holds this image. */
static bool read_memory(struct machine *machine, const void *fdt)
{
    int wide = fdt_address_cells(fdt, 0), size = fdt_size_cells(fdt, 0), length, node = -1;
    while ((node = fdt_node_offset_by_prop_value(fdt, node, "device_type", "memory", 7)) >= 0) {
        const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);
        for (int at = 0; reg && at + wide + size <= length / 4; at += wide + size) {
            machine->ram_base = fdt_cells(reg + at, wide);
            machine->ram_end = machine->ram_base + fdt_cells(reg + at + wide, size);
            if ((uintptr_t)_start >= machine->ram_base && (uintptr_t)_start < machine->ram_end)
                return true;
        }
    }
    return false;
}

void machine_read(struct machine *machine, const void *fdt, uint64_t self)
{
    if (fdt_check_header(fdt) != 0)
        fail("a1 does not point to a device tree");
    machine->fdt_base = (uintptr_t)fdt;
    machine->fdt_end = machine->fdt_base + fdt_totalsize(fdt);
    if (!read_cpus(machine, fdt, self))
        fail("the device tree has no /cpus/timebase-frequency");
    if (!read_memory(machine, fdt))
        fail("the device tree has no memory node that holds this image");
    machine->imsic = imsic_page(fdt, self);
    machine->peer_imsic = machine->has_peer ? imsic_page(fdt, machine->peer) : 0;
}

static uint64_t align_up_2m(uint64_t address)
{
    return (address + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

uint64_t machine_free_ram(const struct machine *machine, uint64_t size)
{
    uint64_t base = align_up_2m((uintptr_t)image_end);
    if (base < machine->fdt_end && machine->fdt_base < base + size)
        base = align_up_2m(machine->fdt_end);
    return base < machine->ram_end && size <= machine->ram_end - base ? base : 0;
}

const char *bootargs(const void *fdt)
{
    const char *text = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL);
    return text ? text : "";
}

bool bootargs_has(const void *fdt, const char *wanted)
{
    size_t length = strlen(wanted);
    for (const char *word = bootargs(fdt); *word; word += strcspn(word, " ")) {
        word += strspn(word, " ");
        if (strcspn(word, " ") == length && strncmp(word, wanted, length) == 0)
            return true;
    }
    return false;
}

uint64_t bootargs_number(const void *fdt, const char *name, uint64_t otherwise)
{
    size_t length = strlen(name);
    for (const char *word = bootargs(fdt); *word; word += strcspn(word, " ")) {
        word += strspn(word, " ");
        if (strncmp(word, name, length) == 0 && word[length] == '=')
            return strtoull(word + length + 1, NULL, 0);
    }
    return otherwise;
}
