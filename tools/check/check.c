/*
 * Checks a bundle of VMs for a machine of which there is a device tree, with the hypervisor's own
 * code, and prints what its boot would print.
 *
 *   check TREE.dtb BUNDLE.cpio IMAGE.bin SMP [mistakes]
 *
 * IMAGE.bin is the hypervisor: its header says how much memory it takes. SMP is the number of harts
 * that it is built for. With `mistakes` nothing is printed if there is none. Exit status: 0; 1:
 * there is a mistake; 2: wrong arguments, or a file that can't be read.
 *
 * What only the machine itself can tell is not checked: its PCI functions, which are found on the
 * bus; harts that don't start; whether the RAM of a large VM is there in one piece.
 */
#include <axalloc/frames.h>
#include <axalloc/init.h>
#include <axdriver/hardware.h>
#include <axhal/arch/current.h>
#include <axhal/panic.h>
#include <axtrace/trace.h>
#include <axvm/vm.h>
#include <axvmconfig/host.h>
#include <axvmconfig/vmconfig.h>
#include <lib/assert.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB_SHIFT 20
#define MISTAKE 1
#define UNUSABLE 2

struct file {
    void *bytes; /* malloc's: aligned to 16 */
    size_t size;
};

/* Of a RISC-V Linux Image's header, as boot.S has it. */
struct image_header {
    uint32_t code[2];
    uint64_t text_offset, image_size; /* bytes */
};

static struct platform machine;
static struct vm_set set;
static uint64_t hart_ids[PLATFORM_MAX_HARTS];

/* What the boot would say last, and then end. */
void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(MISTAKE);
}

void assert_failed(const char *condition, const char *file, int line)
{
    panic("%s:%d: expected %s", file, line, condition);
}

static struct file read_file(const char *path)
{
    struct file file = {0};
    FILE *from = fopen(path, "rb");
    size_t room = 0, got = 1;
    while (from != NULL && got > 0) {
        if (file.size == room)
            file.bytes = realloc(file.bytes, room = 2 * room + SIZE_2M);
        got = file.bytes != NULL ? fread((char *)file.bytes + file.size, 1, room - file.size, from)
                                 : 0;
        file.size += got;
    }
    if (from == NULL || ferror(from) || fclose(from) != 0) {
        fprintf(stderr, "check: %s: can't be read: expected a file\n", path);
        exit(UNUSABLE);
    }
    return file;
}

/* Any hart may boot; the first one that can does here. */
static uint64_t first_hart(const void *fdt)
{
    int node, cpus = fdt_path_offset(fdt, "/cpus"), size = 0;
    fdt_for_each_subnode(node, fdt, cpus) {
        const char *status = fdt_getprop(fdt, node, "status", NULL);
        const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &size);
        if (reg != NULL && size >= 4 && (status == NULL || strncmp(status, "ok", 2) == 0))
            return fdt32_to_cpu(reg[size / 4 - 1]);
    }
    return 0;
}

static void print_faults(const struct tree_faults *faults)
{
    for (uint32_t i = 0; i < faults->count && i < TREE_FAULTS_KEPT; i++)
        printf("device tree: %s\n", faults->text[i]);
}

static void read_machine(const struct file *tree, const char *path, uint32_t smp)
{
    const char *missing = NULL;
    if (tree->size < FDT_V17_SIZE || fdt_check_header(tree->bytes) != 0 ||
        fdt_totalsize(tree->bytes) > tree->size) {
        fprintf(stderr, "check: %s: is no device tree: expected a .dtb file\n", path);
        exit(UNUSABLE);
    }
    if (platform_parse(&machine, tree->bytes, first_hart(tree->bytes), smp, &missing) != OK) {
        print_faults(&machine.faults);
        if (machine.memory_count == 0)
            printf(
                "check: firmware adds memory to a kernel's tree: expected the tree that it hands "
                "over, which Linux has as /sys/firmware/fdt\n");
        panic("boot: %s", missing);
    }
}

/* As frames_init() does it, for an image that lies where its header wants it. */
static uint64_t free_memory(const struct file *image, size_t bundle_size)
{
    const struct image_header *header = image->bytes;
    struct memory_range at = {hpa(machine.memory[0].base.a + header->text_offset),
                              header->image_size};
    uint64_t size = frames_bitmap_bytes(&machine), *words = calloc(1, size);
    uint64_t more = align_up(machine.fdt_size, PAGE_SIZE); /* the boot loader's copy of it */
    if (machine.initrd.size == 0)
        more += align_up(bundle_size, PAGE_SIZE);
    frames_fill(&machine, at, hpa(at.base.a + at.size), words);
    return frames_at_start() > more ? frames_at_start() - more : 0;
}

static uint32_t list_harts(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < machine.hart_count; i++)
        if (machine.harts[i].absence == HART_PRESENT)
            hart_ids[count++] = machine.harts[i].id;
    return count;
}

/* A tree that does not say what its harts translate is not held against the VMs. */
static bool has_sv48x4(void)
{
    return machine.mmu_type == NULL || strcmp(machine.mmu_type, "riscv,sv39") != 0;
}

static struct host_limits limits_of(uint64_t free)
{
    uint32_t harts = list_harts();
    const struct hardware *hardware = hardware_of_machine(machine.fdt);
    return (struct host_limits){
        .allocate = malloc,
        .functions_unknown = true,
        .hart_ids = hart_ids,
        .hart_count = harts,
        .memory_available = host_memory_for_vms(free, harts),
        .memory_per_event = harts * sizeof(struct trace_record),
        .sv48x4 = has_sv48x4(),
        .aia = hardware->irqchip == IRQCHIP_IMSIC,
        .tree = machine.fdt,
        .hardware = hardware,
        .iommu = hardware->iommu.kind != IOMMU_NONE,
        .taken = vm_taken_ranges,
        .taken_count = vm_taken_count,
    };
}

static void print_machine(const struct host_limits *limits)
{
    static const char *const chips[] = {[IRQCHIP_NONE] = "none that the host drives",
                                        [IRQCHIP_PLIC] = "PLIC",
                                        [IRQCHIP_IMSIC] = "APLIC and IMSIC"};
    const struct hardware *hw = limits->hardware;
    print_faults(&machine.faults);
    print_faults(&hw->faults);
    for (uint32_t i = 0; i < machine.memory_count; i++)
        printf("machine: memory %#lx + %#lx\n", (unsigned long)machine.memory[i].base.a,
               (unsigned long)machine.memory[i].size);
    printf("machine: harts %u of %u, timebase %lu Hz, %lu MiB for VMs\n", limits->hart_count,
           machine.hart_count, (unsigned long)machine.timebase,
           (unsigned long)(vmconfig_memory(&set, limits) >> MIB_SHIFT));
    printf("machine: console %s, interrupt controller %s, IOMMU %s\n",
           hw->has_uart ? "UART" : "the firmware's", chips[hw->irqchip],
           limits->iommu ? "one" : "none");
}

static void print_vms(void)
{
    struct message line;
    for (uint32_t i = 0; i < set.vm_count; i++) {
        host_describe_vm(&set.vms[i], &line);
        printf("hv: %s\n", line.text);
        if (set.vms[i].pci_count > 0)
            printf("check: VM %s: its pci-devices are looked for by the boot alone\n",
                   set.vms[i].name);
    }
    printf("check: %s: no mistake found\n", set.source);
}

static int check(const struct file *bundle, const struct file *image, bool mistakes_only)
{
    struct message why;
    struct host_limits limits = limits_of(free_memory(image, bundle->size));
    if (!mistakes_only)
        print_machine(&limits);
    if (host_check(&machine, &why) != OK ||
        vmconfig_load(bundle->bytes, bundle->size, &limits, &set, &why) != OK) {
        printf("hv: %s\n", why.text);
        return MISTAKE;
    }
    if (!mistakes_only)
        print_vms();
    return 0;
}

int main(int count, char **words)
{
    if (count != 5 && (count != 6 || strcmp(words[5], "mistakes") != 0)) {
        fprintf(stderr, "usage: check TREE.dtb BUNDLE.cpio IMAGE.bin SMP [mistakes]\n");
        return UNUSABLE;
    }
    static struct hart hart;
    static struct file tree, bundle, image; /* used to the end */
    fake_hart = &hart;
    tree = read_file(words[1]);
    bundle = read_file(words[2]);
    image = read_file(words[3]);
    if (image.size < sizeof(struct image_header)) {
        fprintf(stderr, "check: %s: expected the hypervisor's image\n", words[3]);
        return UNUSABLE;
    }
    read_machine(&tree, words[1], (uint32_t)strtoul(words[4], NULL, 10));
    return check(&bundle, &image, count == 6);
}
