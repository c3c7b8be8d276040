#include "fdt_writer.h"
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

void fdt_begin(struct fdt_writer *w, const char *name)
{
    if (w->error == 0)
        w->error = fdt_begin_node(w->fdt, name);
}

void fdt_begin_at(struct fdt_writer *w, const char *name, uint64_t at)
{
    char full[48];

    snprintf(full, sizeof(full), "%s@%lx", name, (unsigned long)at);
    fdt_begin(w, full);
}

void fdt_end(struct fdt_writer *w)
{
    if (w->error == 0)
        w->error = fdt_end_node(w->fdt);
}

void fdt_put_bytes(struct fdt_writer *w, const char *name, const void *value, size_t size)
{
    if (w->error == 0)
        w->error = fdt_property(w->fdt, name, value, (int)size);
}

void fdt_put_flag(struct fdt_writer *w, const char *name)
{
    fdt_put_bytes(w, name, NULL, 0);
}

void fdt_put_string(struct fdt_writer *w, const char *name, const char *value)
{
    fdt_put_bytes(w, name, value, strlen(value) + 1);
}

void fdt_put_u32(struct fdt_writer *w, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);
    fdt_put_bytes(w, name, &cell, sizeof(cell));
}

void fdt_put_u64(struct fdt_writer *w, const char *name, uint64_t value)
{
    fdt64_t cells = cpu_to_fdt64(value);
    fdt_put_bytes(w, name, &cells, sizeof(cells));
}

void fdt_put_reg(struct fdt_writer *w, uint64_t base, uint64_t size)
{
    fdt64_t cells[] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};
    fdt_put_bytes(w, "reg", cells, sizeof(cells));
}

void fdt_put_cell_sizes(struct fdt_writer *w, uint32_t address, uint32_t size)
{
    fdt_put_u32(w, "#address-cells", address);
    fdt_put_u32(w, "#size-cells", size);
}
