/* The guest's memory at its start: the images as the bundle has them, and the device tree. */
#include <axalloc/heap.h>
#include <axdriver/guest_file.h>
#include <axdriver/random.h>
#include <axhal/csr_bits.h>
#include <axhal/platform.h>
#include <axlog/log.h>
#include <axguesttree/guest_fdt.h>
#include <axvmconfig/layout.h>
#include <string.h>
#include "internal.h"
#include "machine.h"

static enum err load_segment(const struct vm *vm, const struct image_segment *s)
{
    char *to = guest_ptr(&vm->memory, s->at, s->mem_size);
    if (to == NULL)
        return ERR_RANGE;
    memcpy(to, s->data, s->file_size);
    memset(to + s->file_size, 0, s->mem_size - s->file_size);
    return OK;
}

static enum err load_images(const struct vm *vm)
{
    const struct vm_config *c = vm->config;
    enum err err = OK;
    for (uint32_t i = 0; i < c->kernel.segment_count && err == OK; i++)
        err = load_segment(vm, &c->kernel.segments[i]);
    if (err == OK && c->ramdisk != NULL)
        err = load_segment(vm, &(struct image_segment){.at = c->placement.ramdisk,
                                                       .data = c->ramdisk,
                                                       .file_size = c->ramdisk_size,
                                                       .mem_size = c->ramdisk_size});
    return err;
}

/* What henvcfg and its description give to this VM's harts, in the words of the ISA. */
static uint32_t granted_extensions(const struct vm *vm)
{
    uint64_t env = vcpu_environment();
    return (vm->config->interrupts == VM_INTERRUPTS_AIA ? GUEST_ISA_SSAIA : 0) |
           (env & HENVCFG_STCE ? GUEST_ISA_SSTC : 0) |
           (env & HENVCFG_PBMTE ? GUEST_ISA_SVPBMT : 0) |
           (env & HENVCFG_ADUE ? GUEST_ISA_SVADU : 0) |
           ((env & HENVCFG_CBCFE) && (env & HENVCFG_CBIE) ? GUEST_ISA_ZICBOM : 0) |
           (env & HENVCFG_CBZE ? GUEST_ISA_ZICBOZ : 0) |
           (env & HENVCFG_LPE ? GUEST_ISA_ZICFILP : 0) |
           (env & HENVCFG_SSE ? GUEST_ISA_ZICFISS : 0) |
           (env & HENVCFG_PMM ? GUEST_ISA_POINTER_MASKING : 0);
}

/* Another one at each start; a description that pins it gets the same ones in every run. */
static void make_seed(const struct vm *vm, uint8_t *to, size_t size)
{
    if (vm->config->has_seed)
        random_pinned(vm->config->seed, vm->starts, to, size);
    else
        random_bytes(to, size);
}

/* A host's tree that does not say it, as some boards' do not: then what each RV64 hart with pages
 * has (Priv 1.13 §12.5 to §12.6 demand it beside the larger ones). */
static const char *mmu_type_for_guest(const struct platform *p)
{
    static const char *const known[] = {"riscv,sv48", "riscv,sv57"};
    for (size_t i = 0; p->mmu_type != NULL && i < ARRAY_SIZE(known); i++)
        if (strcmp(p->mmu_type, known[i]) == 0)
            return known[i];
    return "riscv,sv39";
}

static enum err build_tree(const struct vm *vm, const struct guest_isa *isa)
{
    struct guest_fdt_device devices[VM_MAX_DEVICES];
    const struct vm_config *c = vm->config;
    const struct platform *p = platform();
    struct guest_fdt_input input = {
        .model = "stillhart,virt",
        .vcpu_count = c->cpus,
        .timebase_frequency = (uint32_t)p->timebase,
        .isa = isa,
        .controller = c->interrupts == VM_INTERRUPTS_PLIC ? GUEST_HAS_PLIC : GUEST_HAS_APLIC,
        .imsic_identities = c->interrupts == VM_INTERRUPTS_AIA ? guest_file_identities() : 0,
        .mmu_type = mmu_type_for_guest(p),
        .cbom_block_size = p->cbom_block,
        .cbop_block_size = p->cbop_block,
        .cboz_block_size = p->cboz_block,
        .ram_base = gpa(GUEST_RAM_BASE),
        .ram_size = c->memory,
        .ram_host = vm->ram,
        .bootargs = c->bootargs,
        .ramdisk = c->placement.ramdisk,
        .ramdisk_size = c->ramdisk_size,
        .models = vm_describe_models(vm),
        .tree = p->fdt,
        .devices = devices,
        .device_count = vm_describe_given(vm, devices),
        .pci = vm_describe_pci(vm),
        .whole = c->flash_count != 0,
        .put_devices = vm_put_devices,
        .shared_count = c->shared_count,
    };
    size_t used;
    make_seed(vm, input.rng_seed, sizeof input.rng_seed);
    void *to = guest_ptr(&vm->memory, c->placement.fdt, GUEST_FDT_SPACE);
    return to == NULL ? ERR_RANGE : guest_fdt_build(&input, to, GUEST_FDT_SPACE, &used);
}

/* The errors of guest_isa_filter(). */
static const char *isa_reason(enum err err)
{
    switch (err) {
    case ERR_INVALID:
        return "the machine's first cpu node has neither riscv,isa-extensions nor riscv,isa";
    case ERR_UNSUPPORTED:
        return "riscv,isa of the machine's first cpu node does not begin with rv64";
    case ERR_NO_MEMORY:
        return "the machine's first cpu node names more extensions than a guest's tree holds";
    default:
        return "riscv,isa-extensions of the machine's first cpu node is no list, or lacks i";
    }
}

static enum err write_tree(const struct vm *vm, const char **reason)
{
    const struct platform *p = platform();
    struct guest_isa *isa = heap_alloc(sizeof *isa);
    if (isa == NULL) {
        *reason = "the host has no memory for its ISA";
        return ERR_NO_MEMORY;
    }
    struct host_isa host = {.extensions = p->isa_extensions,
                            .extensions_size = (size_t)p->isa_extensions_size,
                            .isa = p->isa};
    enum err err = guest_isa_filter(&host, granted_extensions(vm), isa);
    *reason = isa_reason(err);
    if (err == OK) {
        err = build_tree(vm, isa);
        *reason = err == ERR_NO_MEMORY ? "its device tree is larger than the room for it"
                                       : "the machine's tree lacks mmu-type, or a timebase";
    }
    heap_free(isa, sizeof *isa);
    return err;
}

enum err vm_load(struct vm *vm, const char **reason)
{
    vm_fill_flash(vm);
    enum err err = load_images(vm);
    *reason = "its images reach beyond its memory";
    if (err == OK)
        err = write_tree(vm, reason);
    vm->starts++;
    return err;
}
