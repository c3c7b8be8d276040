/* How devices in a guest's tree refer to its interrupt controller. */
#pragma once
#include "fdt_writer.h"

/* What refers to a wired, level-sensitive interrupt, the controller first; returns how many cells
 * of at most 3 were written. */
size_t fdt_interrupt_cells(const struct fdt_writer *w, uint32_t source, uint32_t *cells);
/* Of a device: its wired, level-sensitive interrupt. */
void fdt_put_interrupt(struct fdt_writer *w, uint32_t source);
