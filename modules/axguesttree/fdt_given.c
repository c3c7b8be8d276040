/*
 * Nodes of devices that a VM is assigned, made from the host's: what describes the device is
 * copied, what refers to other nodes of the host is not. Devices that access memory see the host's
 * addresses: they stand on a bus whose dma-ranges say where the guest's RAM lies there.
 */
#include <axguesttree/nodes.h>
#include <axguesttree/fdt_interrupts.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <string.h>

/* Written anew, or of no use without the node that they name. */
static const char *const left_out[] = {
    "phandle",
    "linux,phandle",
    "reg",
    "interrupts",
    "interrupts-extended",
    "interrupt-parent",
    "status",
    "iommus",
    "msi-parent",
    "dmas",
    "dma-names",
    "clocks",
    "clock-names",
    "assigned-clocks",
    "assigned-clock-parents",
    "assigned-clock-rates",
    "resets",
    "reset-names",
    "power-domains",
    "phys",
    "phy-names",
    "interconnects",
    "memory-region",
    "nvmem-cells",
    "#address-cells",
    "#size-cells",
    "dma-noncoherent",
};
static const char *const left_out_endings[] = {"-supply", "-gpio", "-gpios"};

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), size = strlen(ending);
    return length >= size && strcmp(name + length - size, ending) == 0;
}

static bool is_left_out(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
        if (strcmp(name, left_out[i]) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_SIZE(left_out_endings); i++)
        if (has_ending(name, left_out_endings[i]))
            return true;
    return strncmp(name, "pinctrl-", strlen("pinctrl-")) == 0;
}

/* Said of a device or of a bus above it; the nearest counts, and without one RISC-V's devices are
 * coherent (Linux's dma-common binding). */
static bool is_noncoherent(const void *tree, int node)
{
    for (; node >= 0; node = fdt_parent_offset(tree, node)) {
        if (fdt_getprop(tree, node, "dma-coherent", NULL) != NULL)
            return false;
        if (fdt_getprop(tree, node, "dma-noncoherent", NULL) != NULL)
            return true;
    }
    return false;
}

static void put_device(struct fdt_writer *w, const void *tree,
                       const struct guest_fdt_device *device)
{
    int at, size;
    const char *name;
    fdt_begin(w, fdt_get_name(tree, device->node, NULL));
    fdt_for_each_property_offset(at, tree, device->node) {
        const void *value = fdt_getprop_by_offset(tree, at, &name, &size);
        if (value != NULL && !is_left_out(name))
            fdt_put_bytes(w, name, value, (size_t)size);
    }
    if (is_noncoherent(tree, device->node))
        fdt_put_flag(w, "dma-noncoherent");
    fdt_put_reg(w, device->base.a, device->size);
    if (device->source != 0)
        fdt_put_interrupt(w, device->source);
    fdt_end(w);
}

/* Those that access memory, or those that don't. */
static void put_devices(struct fdt_writer *w, const struct guest_fdt_input *in, bool dma)
{
    for (uint32_t i = 0; i < in->device_count; i++)
        if (in->devices[i].dma == dma)
            put_device(w, in->tree, &in->devices[i]);
}

static bool any_accesses_memory(const struct guest_fdt_input *in)
{
    for (uint32_t i = 0; i < in->device_count; i++)
        if (in->devices[i].dma)
            return true;
    return false;
}

/* Devicetree 0.4 §2.3.9: child (bus) address, parent address, length. */
static void put_dma_bus(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    fdt64_t ranges[] = {cpu_to_fdt64(in->ram_host.a), cpu_to_fdt64(in->ram_base.a),
                        cpu_to_fdt64(in->ram_size)};
    fdt_begin(w, "dma-bus");
    fdt_put_string(w, "compatible", "simple-bus");
    fdt_put_cell_sizes(w, 2, 2);
    fdt_put_flag(w, "ranges");
    fdt_put_bytes(w, "dma-ranges", ranges, sizeof(ranges));
    put_devices(w, in, true);
    fdt_end(w);
}

void fdt_put_given(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    put_devices(w, in, false);
    if (any_accesses_memory(in))
        put_dma_bus(w, in);
}
