/* Nodes of the devices of QEMU's virt machine in a guest's tree, in /soc. Private to axvm. */
#pragma once
#include "fdt_writer.h"

void fdt_put_uart(struct fdt_writer *w, const struct guest_fdt_input *in);
void fdt_put_rtc(struct fdt_writer *w, const struct guest_fdt_input *in);
void fdt_put_testdev(struct fdt_writer *w, const struct guest_fdt_input *in);
/* These only if in->whole. */
void fdt_put_flash(struct fdt_writer *w, const struct guest_fdt_input *in);
void fdt_put_virtio(struct fdt_writer *w, const struct guest_fdt_input *in);
void fdt_put_fw_cfg(struct fdt_writer *w, const struct guest_fdt_input *in);
