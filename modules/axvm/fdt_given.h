/* The nodes of devices that a VM is given. */
#pragma once
#include <axvm/guest_fdt.h>
#include "fdt_writer.h"

/* In /soc. */
void fdt_put_given(struct fdt_writer *w, const struct guest_fdt_input *in);
/* fdt_pci.c: the host bridge of PCI functions, in /soc. */
void fdt_put_pci(struct fdt_writer *w, const struct guest_fdt_input *in);
