/* Numbers of a device tree. */
#pragma once
#include <libfdt.h>
#include <stdint.h>

/* The number in so many cells. */
uint64_t fdt_cells(const fdt32_t *cells, int count);
/* The value of a property of one cell or more, `otherwise` if it is not there. */
uint64_t fdt_number(const void *fdt, int node, const char *name, uint64_t otherwise);
/* The first address of `reg` of a node, 0 without. */
uint64_t fdt_base(const void *fdt, int node);
