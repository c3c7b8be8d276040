/* The nodes of a guest's tree that axvm's table of device kinds names. */
#pragma once
#include <axguesttree/fdt_writer.h>

/* Devices of QEMU's virt machine, in /soc. */
void fdt_put_uart(struct fdt_writer *w, const struct guest_fdt_input *in);
/* Those of guest_models that it has. */
void fdt_put_models(struct fdt_writer *w, const struct guest_fdt_input *in);
/* These only if in->whole. */
void fdt_put_flash(struct fdt_writer *w, const struct guest_fdt_input *in);
void fdt_put_virtio(struct fdt_writer *w, const struct guest_fdt_input *in);
void fdt_put_fw_cfg(struct fdt_writer *w, const struct guest_fdt_input *in);

/* The devices that a VM is assigned, in /soc. */
void fdt_put_given(struct fdt_writer *w, const struct guest_fdt_input *in);
/* The host bridge of PCI functions, in /soc. */
void fdt_put_pci(struct fdt_writer *w, const struct guest_fdt_input *in);
/* The host bridge of the shared memories, if there are any. */
void fdt_put_shared(struct fdt_writer *w, const struct guest_fdt_input *in);
