#include <axguesttree/fdt_interrupts.h>
#include <axdevice/aplic.h>
#include <axdevice/plic.h>
#include <axvmconfig/layout.h>
#include <libfdt.h>

#define IRQ_S_EXTERNAL 9
/* What OpenSBI puts for the PLIC's M-mode contexts: not for you. */
#define IRQ_NONE UINT32_C(0xffffffff)
#define IRQ_TYPE_LEVEL_HIGH 4 /* the second cell of an interrupt at an APLIC */

uint32_t fdt_cpu_phandle(uint32_t cpu)
{
    return PHANDLE_FIRST_CPU + 2 * cpu;
}

uint32_t fdt_intc_phandle(uint32_t cpu)
{
    return PHANDLE_FIRST_CPU + 2 * cpu + 1;
}

uint32_t fdt_model_phandle(uint32_t model)
{
    return fdt_cpu_phandle(GUEST_FDT_MAX_VCPUS) + model;
}

/* How many sources there are is known once all devices are written: fdt_set_sources(). */
static void put_sources(struct fdt_writer *w, const char *name)
{
    fdt_put_u32(w, name, 0);
    w->sources = w->error == OK ? w->at - sizeof(fdt32_t) : NULL;
}

/* Contexts 2h, M-mode, and 2h+1, S-mode, for each hart h. */
static void put_plic(struct fdt_writer *w, uint32_t vcpu_count)
{
    static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";
    fdt32_t contexts[4 * GUEST_FDT_MAX_VCPUS];

    for (uint32_t cpu = 0; cpu < vcpu_count; cpu++) {
        contexts[4 * cpu] = cpu_to_fdt32(fdt_intc_phandle(cpu));
        contexts[4 * cpu + 1] = cpu_to_fdt32(IRQ_NONE);
        contexts[4 * cpu + 2] = cpu_to_fdt32(fdt_intc_phandle(cpu));
        contexts[4 * cpu + 3] = cpu_to_fdt32(IRQ_S_EXTERNAL);
    }
    fdt_begin_at(w, "plic", GUEST_PLIC);
    fdt_put_u32(w, "phandle", PHANDLE_CONTROLLER);
    fdt_put_bytes(w, "compatible", compatible, sizeof(compatible));
    fdt_put_u32(w, "#address-cells", 0);
    fdt_put_u32(w, "#interrupt-cells", 1);
    fdt_put_flag(w, "interrupt-controller");
    fdt_put_bytes(w, "interrupts-extended", contexts, 4 * vcpu_count * sizeof(contexts[0]));
    fdt_put_reg(w, GUEST_PLIC, PLIC_SIZE);
    put_sources(w, "riscv,ndev");
    fdt_end(w);
}

/* The supervisor external interrupt of each hart, in the order of their ids. */
static void put_harts(struct fdt_writer *w, uint32_t vcpu_count)
{
    fdt32_t harts[2 * GUEST_FDT_MAX_VCPUS];

    for (uint32_t cpu = 0; cpu < vcpu_count; cpu++) {
        harts[2 * cpu] = cpu_to_fdt32(fdt_intc_phandle(cpu));
        harts[2 * cpu + 1] = cpu_to_fdt32(IRQ_S_EXTERNAL);
    }
    fdt_put_bytes(w, "interrupts-extended", harts, 2 * vcpu_count * sizeof(harts[0]));
}

/* The files of all harts, one after the other, without guest files between. */
static void put_imsics(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    static const char compatible[] = "qemu,imsics\0riscv,imsics";

    fdt_begin_at(w, "interrupt-controller", GUEST_IMSIC);
    fdt_put_u32(w, "phandle", PHANDLE_IMSICS);
    fdt_put_bytes(w, "compatible", compatible, sizeof(compatible));
    fdt_put_u32(w, "#interrupt-cells", 0);
    fdt_put_flag(w, "interrupt-controller");
    fdt_put_flag(w, "msi-controller");
    fdt_put_u32(w, "#msi-cells", 0);
    put_harts(w, in->vcpu_count);
    fdt_put_reg(w, GUEST_IMSIC, in->vcpu_count * PAGE_SIZE);
    fdt_put_u32(w, "riscv,num-ids", in->imsic_identities);
    fdt_end(w);
}

static void put_aplic(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    static const char compatible[] = "qemu,aplic\0riscv,aplic";

    fdt_begin_at(w, "interrupt-controller", GUEST_APLIC);
    fdt_put_u32(w, "phandle", PHANDLE_CONTROLLER);
    fdt_put_bytes(w, "compatible", compatible, sizeof(compatible));
    fdt_put_u32(w, "#address-cells", 0);
    fdt_put_u32(w, "#interrupt-cells", 2);
    fdt_put_flag(w, "interrupt-controller");
    if (in->imsic_identities != 0)
        fdt_put_u32(w, "msi-parent", PHANDLE_IMSICS);
    else
        put_harts(w, in->vcpu_count);
    fdt_put_reg(w, GUEST_APLIC, APLIC_SIZE);
    put_sources(w, "riscv,num-sources");
    fdt_end(w);
}

void fdt_put_controllers(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    if (w->controller == GUEST_HAS_PLIC)
        return put_plic(w, in->vcpu_count);
    if (in->imsic_identities != 0)
        put_imsics(w, in);
    put_aplic(w, in);
}

void fdt_set_sources(struct fdt_writer *w)
{
    if (w->sources != NULL)
        fdt32_st(w->sources, w->last_source);
}

static void note_source(struct fdt_writer *w, uint32_t source)
{
    if (source > w->last_source)
        w->last_source = source;
}

size_t fdt_interrupt_cells(struct fdt_writer *w, uint32_t source, uint32_t *cells)
{
    note_source(w, source);
    cells[0] = PHANDLE_CONTROLLER;
    cells[1] = source;
    cells[2] = IRQ_TYPE_LEVEL_HIGH;
    return w->controller == GUEST_HAS_PLIC ? 2 : 3;
}

void fdt_put_interrupt(struct fdt_writer *w, uint32_t source)
{
    fdt32_t cells[] = {cpu_to_fdt32(source), cpu_to_fdt32(IRQ_TYPE_LEVEL_HIGH)};
    size_t count = w->controller == GUEST_HAS_PLIC ? 1 : 2;

    note_source(w, source);
    fdt_put_bytes(w, "interrupts", cells, count * sizeof(cells[0]));
    fdt_put_u32(w, "interrupt-parent", PHANDLE_CONTROLLER);
}
