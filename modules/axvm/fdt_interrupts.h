/* How devices in a guest's tree refer to its interrupt controller. */
#pragma once
#include "fdt_writer.h"

/* Of a device: its wired, level-sensitive interrupt. */
void fdt_put_interrupt(struct fdt_writer *w, uint32_t source);
