/*
 * The PCI host bridge of the shared memories, in the words of PCI's binding (IEEE 1275) as
 * pci-host-ecam-generic has them. The memories themselves are in no node: each function's Base
 * Address says where one is.
 */
#include <axguesttree/nodes.h>
#include <axguesttree/fdt_interrupts.h>
#include <axdevice/ivshmem_bridge.h>
#include <axvmconfig/layout.h>
#include <libfdt.h>

#define SPACE_MEMORY_32 UINT32_C(0x02000000) /* phys.hi: 32-bit memory, not prefetchable */
#define DEVICE_SHIFT 11                      /* of phys.hi in configuration space */
#define DEVICE_MASK UINT32_C(0xf800)
#define PIN_A 1
#define PIN_MASK 7
#define ROW (4 + 3) /* cells of an interrupt map, at most */
#define DOMAIN 1    /* 0 is left to functions of the machine */

static void put_cells(struct fdt_writer *w, const char *name, const uint32_t *values, size_t count)
{
    fdt32_t cells[ROW * IVSHMEM_BRIDGE_DEVICES];

    for (size_t i = 0; i < count; i++)
        cells[i] = cpu_to_fdt32(values[i]);
    fdt_put_bytes(w, name, cells, count * sizeof(cells[0]));
}
#define PUT_CELLS(w, name, ...)                                                                    \
    put_cells(w, name, (const uint32_t[]){__VA_ARGS__},                                            \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* A row for each device: its pin A is a source of the controller. */
static void write_interrupts(struct fdt_writer *w, uint32_t count)
{
    uint32_t cells[ROW * IVSHMEM_BRIDGE_DEVICES];
    size_t used = 0;

    for (uint32_t i = 0; i < count; i++) {
        cells[used++] = (IVSHMEM_BRIDGE_FIRST + i) << DEVICE_SHIFT;
        cells[used++] = 0;
        cells[used++] = 0;
        cells[used++] = PIN_A;
        used += fdt_interrupt_cells(w, GUEST_SHARED_IRQ + i, &cells[used]);
    }
    PUT_CELLS(w, "interrupt-map-mask", DEVICE_MASK, 0, 0, PIN_MASK);
    put_cells(w, "interrupt-map", cells, used);
}

void fdt_put_shared(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    uint32_t window = (uint32_t)GUEST_SHARED_WINDOW;

    if (in->shared_count == 0)
        return;
    fdt_begin_at(w, "pci", GUEST_SHARED_ECAM);
    fdt_put_string(w, "compatible", "pci-host-ecam-generic");
    fdt_put_string(w, "device_type", "pci");
    fdt_put_cell_sizes(w, 3, 2);
    fdt_put_u32(w, "#interrupt-cells", 1);
    fdt_put_reg(w, GUEST_SHARED_ECAM, IVSHMEM_ECAM_SIZE);
    fdt_put_u32(w, "linux,pci-domain", DOMAIN);
    PUT_CELLS(w, "bus-range", 0, 0);
    PUT_CELLS(w, "ranges", SPACE_MEMORY_32, 0, window, 0, window, 0, (uint32_t)IVSHMEM_WINDOW_SIZE);
    fdt_put_flag(w, "dma-coherent");
    write_interrupts(w, in->shared_count);
    fdt_end(w);
}
