/* Makes newc archives for the tests, also broken ones. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct archive {
    _Alignas(8) uint8_t bytes[16384];
    size_t size;
};

struct archive_member {
    const char *magic;
    const char *name;
    uint32_t mode;
    uint32_t check;
    const void *data;
    size_t size;
};

void archive_add_member(struct archive *archive, const struct archive_member *member);
/* A regular file, magic 070701. */
void archive_add(struct archive *archive, const char *name, const void *data, size_t size);
void archive_end(struct archive *archive);

/* The same bytes in memory of exactly their size, for the sanitizer to guard; free() it. */
void *exact_copy(const void *bytes, size_t size);
