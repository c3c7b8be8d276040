/* The interrupt controllers in a guest's tree, and how devices there refer to them. */
#pragma once
#include <axguesttree/fdt_writer.h>

enum phandle { PHANDLE_CONTROLLER = 1, PHANDLE_IMSICS, PHANDLE_FIRST_CPU };

uint32_t fdt_cpu_phandle(uint32_t cpu);
/* Of the interrupt controller inside the cpu node. */
uint32_t fdt_intc_phandle(uint32_t cpu);

/* Of guest_models[model]. */
uint32_t fdt_model_phandle(uint32_t model);

/* Nodes of the VM's controllers, in /soc. */
void fdt_put_controllers(struct fdt_writer *w, const struct guest_fdt_input *in);
/* Once all is written: the controller has the sources up to the last that a device uses. A kernel
 * sets up each, and every register of an emulated one is an exit. */
void fdt_set_sources(struct fdt_writer *w);
/* What refers to a wired, level-sensitive interrupt, the controller first; returns how many cells
 * of at most 3 were written. */
size_t fdt_interrupt_cells(struct fdt_writer *w, uint32_t source, uint32_t *cells);
/* Of a device: its wired, level-sensitive interrupt. */
void fdt_put_interrupt(struct fdt_writer *w, uint32_t source);
