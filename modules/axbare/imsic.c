/* See imsic.h. */
#include <axbare/fdt.h>
#include <axbare/imsic.h>
#include <libfdt.h>

#define PAGE_SHIFT 12
#define IRQ_CELLS 2 /* of a hart's interrupt controller: its phandle, and which interrupt */

/* Registers that siselect selects (§3.8). */
enum { EIDELIVERY = 0x70, EITHRESHOLD = 0x72, EIP0 = 0x80, EIE0 = 0xc0 };

static void write_indirect(uint64_t select, uint64_t value)
{
    csr_write(CSR_SISELECT, select);
    csr_write(CSR_SIREG, value);
}

void imsic_open(unsigned identity)
{
    write_indirect(EIE0, UINT64_C(1) << identity);
    write_indirect(EIP0, 0);
    write_indirect(EITHRESHOLD, 0);
    write_indirect(EIDELIVERY, 1);
}

void imsic_close(void)
{
    write_indirect(EIDELIVERY, 0);
}

/* The hart that has this interrupt controller. */
static uint64_t hart_of(const void *fdt, uint32_t controller)
{
    int node = fdt_node_offset_by_phandle(fdt, controller);
    return fdt_number(fdt, fdt_parent_offset(fdt, node), "reg", UINT64_MAX);
}

/* The place of hart `id` in a node of supervisor-level files; -1: in none. */
static int index_of(const void *fdt, int node, uint64_t id)
{
    int length;
    const fdt32_t *harts = fdt_getprop(fdt, node, "interrupts-extended", &length);
    for (int i = 0; harts && (i + 1) * IRQ_CELLS * 4 <= length; i++)
        if (fdt32_to_cpu(harts[i * IRQ_CELLS + 1]) == IRQ_SEI &&
            hart_of(fdt, fdt32_to_cpu(harts[i * IRQ_CELLS])) == id)
            return i;
    return -1;
}

/* Of one group of harts (§3.6), in which each hart's file is followed by those of its guests, up to
 * a power of two. */
uint64_t imsic_page(const void *fdt, uint64_t id)
{
    int node = -1;
    while ((node = fdt_node_offset_by_compatible(fdt, node, "riscv,imsics")) >= 0) {
        int index = index_of(fdt, node, id);
        uint64_t guest_bits = fdt_number(fdt, node, "riscv,guest-index-bits", 0);
        if (index >= 0)
            return fdt_base(fdt, node) + ((uint64_t)index << (PAGE_SHIFT + guest_bits));
    }
    return 0;
}
