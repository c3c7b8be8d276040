/*
 * Writing a device tree from the root to the leaves in one pass (libfdt's sequential write), for
 * the parts of a guest's tree. Private to axvm.
 */
#pragma once
#include <axvm/guest_fdt.h>
#include <stddef.h>
#include <stdint.h>

/* After the first error nothing more is written; the end tells. */
struct fdt_writer {
    void *fdt;
    int error;
    enum guest_controller controller; /* of the VM: what an interrupt of a device looks like */
    uint32_t last_source;             /* the highest that a device's node has named so far */
};

void fdt_begin(struct fdt_writer *w, const char *name);
/* A node with an address in its name. */
void fdt_begin_at(struct fdt_writer *w, const char *name, uint64_t at);
void fdt_end(struct fdt_writer *w);
void fdt_put_bytes(struct fdt_writer *w, const char *name, const void *value, size_t size);
void fdt_put_flag(struct fdt_writer *w, const char *name);
void fdt_put_string(struct fdt_writer *w, const char *name, const char *value);
void fdt_put_u32(struct fdt_writer *w, const char *name, uint32_t value);
void fdt_put_u64(struct fdt_writer *w, const char *name, uint64_t value);
/* Two cells each for address and size. */
void fdt_put_reg(struct fdt_writer *w, uint64_t base, uint64_t size);
void fdt_put_cell_sizes(struct fdt_writer *w, uint32_t address, uint32_t size);
