/* See fdt.h. */
#include <axbare/fdt.h>

uint64_t fdt_cells(const fdt32_t *cells, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 32 | fdt32_to_cpu(cells[i]);
    return value;
}

uint64_t fdt_number(const void *fdt, int node, const char *name, uint64_t otherwise)
{
    int length;
    const fdt32_t *cells = fdt_getprop(fdt, node, name, &length);
    return cells && length >= 4 ? fdt_cells(cells, length / 4) : otherwise;
}

uint64_t fdt_base(const void *fdt, int node)
{
    int length, wide = fdt_address_cells(fdt, fdt_parent_offset(fdt, node));
    const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);
    return reg && wide > 0 && length / 4 >= wide ? fdt_cells(reg, wide) : 0;
}
