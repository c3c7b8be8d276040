#include <axguesttree/fdt_writer.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define VERSION 17
#define COMPATIBLE_VERSION 16
/* The header, then an empty list of reserved memory (§5.3): one entry of two 64-bit zeroes. */
#define RESERVED_AT UINT32_C(40)
#define STRUCTURE_AT (RESERVED_AT + 2 * (uint32_t)sizeof(uint64_t))
_Static_assert(sizeof(struct fdt_header) <= RESERVED_AT && RESERVED_AT % sizeof(uint64_t) == 0,
               "the list follows the header, on 8 bytes");

/* Room for `size` bytes in the structure block, and their padding; NULL after an error. */
static char *take(struct fdt_writer *w, size_t size)
{
    char *at = w->at;
    size_t padded = align_up(size, sizeof(fdt32_t));
    if (w->error != OK || size > INT32_MAX || padded > (size_t)(w->end - at)) {
        w->error = ERR_NO_MEMORY;
        return NULL;
    }
    memset(at + size, 0, padded - size);
    w->at += padded;
    return at;
}

static void put_word(struct fdt_writer *w, uint32_t word)
{
    char *at = take(w, sizeof(word));
    if (at != NULL)
        fdt32_st(at, word);
}

void fdt_writer_begin(struct fdt_writer *w, void *buffer, size_t size)
{
    *w = (struct fdt_writer){.tree = buffer, .controller = w->controller};
    w->strings_most = w->tree + size;
    w->strings = w->strings_end = w->tree + align_down(size - size / 4, sizeof(fdt32_t));
    w->at = w->tree;
    w->end = w->strings;
    char *start = take(w, STRUCTURE_AT);
    if (start != NULL)
        memset(start, 0, STRUCTURE_AT);
}

static size_t write_header(const struct fdt_writer *w)
{
    size_t structure = (size_t)(w->at - w->tree) - STRUCTURE_AT;
    size_t strings = (size_t)(w->strings_end - w->strings);
    size_t size = STRUCTURE_AT + structure + strings;
    fdt_set_magic(w->tree, FDT_MAGIC);
    fdt_set_totalsize(w->tree, (uint32_t)size);
    fdt_set_off_dt_struct(w->tree, STRUCTURE_AT);
    fdt_set_off_dt_strings(w->tree, (uint32_t)(STRUCTURE_AT + structure));
    fdt_set_off_mem_rsvmap(w->tree, RESERVED_AT);
    fdt_set_version(w->tree, VERSION);
    fdt_set_last_comp_version(w->tree, COMPATIBLE_VERSION);
    fdt_set_size_dt_strings(w->tree, (uint32_t)strings);
    fdt_set_size_dt_struct(w->tree, (uint32_t)structure);
    return size;
}

enum err fdt_writer_end(struct fdt_writer *w, size_t *used)
{
    put_word(w, FDT_END);
    if (w->error != OK)
        return w->error;
    memmove(w->at, w->strings, (size_t)(w->strings_end - w->strings));
    *used = write_header(w);
    return OK;
}

void fdt_begin(struct fdt_writer *w, const char *name)
{
    size_t size = strlen(name) + 1;
    put_word(w, FDT_BEGIN_NODE);
    char *at = take(w, size);
    if (at != NULL)
        memcpy(at, name, size);
}

void fdt_begin_at(struct fdt_writer *w, const char *name, uint64_t at)
{
    char full[48];

    snprintf(full, sizeof(full), "%s@%lx", name, (unsigned long)at);
    fdt_begin(w, full);
}

void fdt_end(struct fdt_writer *w)
{
    put_word(w, FDT_END_NODE);
}

/* Where the name stands in the strings block, which it comes to if it does not. */
static uint32_t store_name(struct fdt_writer *w, const char *name)
{
    size_t size = strlen(name) + 1;
    char *at = w->strings;
    while (at < w->strings_end && strcmp(at, name) != 0)
        at += strlen(at) + 1;
    if (at == w->strings_end && size > (size_t)(w->strings_most - at)) {
        w->error = ERR_NO_MEMORY;
        return 0;
    }
    if (at == w->strings_end) {
        memcpy(at, name, size);
        w->strings_end += size;
    }
    return (uint32_t)(at - w->strings);
}

static uint32_t name_offset(struct fdt_writer *w, const char *name)
{
    unsigned i = (uintptr_t)name / 8 % FDT_WRITER_NAMES;
    if (w->names[i].text != name) {
        w->names[i].offset = store_name(w, name);
        w->names[i].text = name;
    }
    return w->names[i].offset;
}

void fdt_put_bytes(struct fdt_writer *w, const char *name, const void *value, size_t size)
{
    uint32_t offset = name_offset(w, name);
    put_word(w, FDT_PROP);
    put_word(w, (uint32_t)size);
    put_word(w, offset);
    char *at = take(w, size);
    if (at != NULL && size > 0)
        memcpy(at, value, size);
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
