/*
 * Writing a device tree (Devicetree 0.4 §5) from the root to the leaves in one pass, for the parts
 * of a guest's tree. libfdt's sequential write searches all names for each property, which is most
 * of what a VM's start takes then; here a name is found by where its text lies.
 */
#pragma once
#include <axguesttree/guest_fdt.h>
#include <lib/err.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_WRITER_NAMES 64

/* After the first error it stops writing; fdt_writer_end() returns it. */
struct fdt_writer {
    char *tree;         /* the buffer */
    char *at, *end;     /* where the structure block goes on, and the room for it ends */
    char *strings;      /* follows `end`, until the tree's end is known */
    char *strings_end;  /* of what is used */
    char *strings_most; /* of the room: the buffer's end */
    enum err error;
    struct {
        const char *text;
        uint32_t offset; /* in the strings block */
    } names[FDT_WRITER_NAMES];
    enum guest_controller controller; /* of the VM: what an interrupt of a device looks like */
    uint32_t last_source;             /* the highest that a device's node has named so far */
    char *sources;                    /* where the controller says so; NULL: not yet */
};

/* The buffer is 8-byte aligned; the strings take its last quarter until the end. */
void fdt_writer_begin(struct fdt_writer *w, void *buffer, size_t size);
/* *used is the tree's size in bytes. ERR_NO_MEMORY: the buffer is too small. */
enum err fdt_writer_end(struct fdt_writer *w, size_t *used);

void fdt_begin(struct fdt_writer *w, const char *name);
/* A node with an address in its name. */
void fdt_begin_at(struct fdt_writer *w, const char *name, uint64_t at);
void fdt_end(struct fdt_writer *w);
/* Of these, the name of a property stays as it is until the tree's end. */
void fdt_put_bytes(struct fdt_writer *w, const char *name, const void *value, size_t size);
void fdt_put_flag(struct fdt_writer *w, const char *name);
void fdt_put_string(struct fdt_writer *w, const char *name, const char *value);
void fdt_put_u32(struct fdt_writer *w, const char *name, uint32_t value);
void fdt_put_u64(struct fdt_writer *w, const char *name, uint64_t value);
/* Two cells each for address and size. */
void fdt_put_reg(struct fdt_writer *w, uint64_t base, uint64_t size);
void fdt_put_cell_sizes(struct fdt_writer *w, uint32_t address, uint32_t size);
