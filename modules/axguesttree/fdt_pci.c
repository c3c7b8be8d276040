/*
 * The host bridge of a VM. With assigned functions it has what a guest can use: one bus, one
 * window, no I/O ports; their registers stay where they are (linux,pci-probe-only). With none it is
 * as QEMU's virt machine has it, for a tree that is to be whole.
 */
#include <axguesttree/nodes.h>
#include <axguesttree/fdt_interrupts.h>
#include <axdriver/pci.h>
#include <axvmconfig/layout.h>
#include <lib/bits.h>
#include <libfdt.h>

/* IEEE 1275 PCI §2.2.1.1 */
#define SPACE_PORTS 0x01000000
#define SPACE_MEMORY32 0x02000000
#define SPACE_MEMORY64 0x03000000
#define RANGE_CELLS 7
#define SLOT_MASK 0x1800 /* four slots, then the wires come again */
#define PIN_MASK 7

static void put_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, size_t count)
{
    fdt32_t value[128];
    for (size_t i = 0; i < count && i < ARRAY_SIZE(value); i++)
        value[i] = cpu_to_fdt32(cells[i]);
    fdt_put_bytes(w, name, value, count * sizeof(value[0]));
}

static void put_interrupts(struct fdt_writer *w)
{
    const uint32_t mask[] = {SLOT_MASK, 0, 0, PIN_MASK};
    uint32_t map[GUEST_PCI_IRQS * GUEST_PCI_IRQS * 7];
    size_t count = 0;
    for (uint32_t slot = 0; slot < GUEST_PCI_IRQS; slot++) {
        for (uint32_t pin = 1; pin <= GUEST_PCI_IRQS; pin++) {
            map[count++] = slot << 11;
            map[count++] = 0;
            map[count++] = 0;
            map[count++] = pin;
            count += fdt_interrupt_cells(w, GUEST_PCI_IRQ + (slot + pin - 1) % GUEST_PCI_IRQS,
                                         &map[count]);
        }
    }
    fdt_put_u32(w, "#interrupt-cells", 1);
    put_cells(w, "interrupt-map-mask", mask, ARRAY_SIZE(mask));
    put_cells(w, "interrupt-map", map, count);
}

/* Without an IOMMU the functions see the host's addresses. */
static void put_dma_ranges(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    const uint32_t ranges[] = {SPACE_MEMORY32,           (uint32_t)(in->ram_host.a >> 32),
                               (uint32_t)in->ram_host.a, (uint32_t)(in->ram_base.a >> 32),
                               (uint32_t)in->ram_base.a, (uint32_t)(in->ram_size >> 32),
                               (uint32_t)in->ram_size};
    put_cells(w, "dma-ranges", ranges, ARRAY_SIZE(ranges));
}

/* Where a space of the bus lies for harts. Returns the cells. */
static size_t put_window(uint32_t space, uint64_t bus, uint64_t base, uint64_t size,
                         uint32_t cells[RANGE_CELLS])
{
    cells[0] = space;
    cells[1] = (uint32_t)(bus >> 32);
    cells[2] = (uint32_t)bus;
    cells[3] = (uint32_t)(base >> 32);
    cells[4] = (uint32_t)base;
    cells[5] = (uint32_t)(size >> 32);
    cells[6] = (uint32_t)size;
    return size != 0 ? RANGE_CELLS : 0;
}

/* With no functions: the windows that QEMU's machine has, with nothing in them. */
static void put_empty_windows(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    uint64_t high = align_up(in->ram_base.a + in->ram_size, GUEST_PCI_HIGH_SIZE);
    uint32_t ranges[3 * RANGE_CELLS];
    size_t count = put_window(SPACE_PORTS, 0, GUEST_PCI_PORTS, GUEST_PCI_PORTS_SIZE, ranges);
    count += put_window(SPACE_MEMORY32, GUEST_PCI_WINDOW, GUEST_PCI_WINDOW, GUEST_PCI_WINDOW_SIZE,
                        ranges + count);
    count += put_window(SPACE_MEMORY64, high, high, GUEST_PCI_HIGH_SIZE, ranges + count);
    put_cells(w, "ranges", ranges, count);
}

/* With functions: where their registers are. */
static void put_windows(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    const struct guest_fdt_pci *pci = &in->pci;
    uint32_t ranges[2 * RANGE_CELLS];
    size_t count =
        put_window(SPACE_MEMORY32, pci->window.a, pci->window.a, pci->window_size, ranges);
    count += put_window(SPACE_MEMORY64, pci->high_window.a, pci->high_window.a,
                        pci->high_window_size, ranges + count);
    put_cells(w, "ranges", ranges, count);
    if (pci->msi)
        fdt_put_u32(w, "msi-parent", PHANDLE_IMSICS);
    if (!pci->confined)
        put_dma_ranges(w, in);
}

void fdt_put_pci(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    bool empty = in->pci.window_size == 0;
    if (empty && !in->whole)
        return;
    fdt_begin_at(w, "pci", GUEST_PCI);
    fdt_put_string(w, "compatible", "pci-host-ecam-generic");
    fdt_put_string(w, "device_type", "pci");
    fdt_put_cell_sizes(w, 3, 2);
    fdt_put_reg(w, GUEST_PCI, empty ? GUEST_PCI_SIZE : PCI_BUS_SIZE);
    fdt_put_u64(w, "bus-range", empty ? GUEST_PCI_SIZE / PCI_BUS_SIZE - 1 : 0);
    fdt_put_u32(w, "linux,pci-domain", 0);
    fdt_put_flag(w, "dma-coherent");
    put_interrupts(w);
    if (empty)
        put_empty_windows(w, in);
    else
        put_windows(w, in);
    fdt_end(w);
}
