#include "archive.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(struct archive *archive, const void *bytes, size_t size)
{
    assert(archive->size + size + 4 <= sizeof(archive->bytes));
    if (size != 0)
        memcpy(archive->bytes + archive->size, bytes, size);
    archive->size += size;
}

static void pad(struct archive *archive)
{
    while (archive->size % 4 != 0)
        put(archive, "", 1);
}

void archive_add_member(struct archive *archive, const struct archive_member *member)
{
    char header[128];

    snprintf(header, sizeof(header), "%s%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
             member->magic, 1, member->mode, 0, 0, 1, 0, member->size, 0, 0, 0, 0,
             strlen(member->name) + 1, member->check);
    put(archive, header, 110);
    put(archive, member->name, strlen(member->name) + 1);
    pad(archive);
    put(archive, member->data, member->size);
    pad(archive);
}

void archive_add(struct archive *archive, const char *name, const void *data, size_t size)
{
    archive_add_member(archive, &(struct archive_member){"070701", name, 0100644, 0, data, size});
}

void archive_end(struct archive *archive)
{
    archive_add_member(archive, &(struct archive_member){"070701", "TRAILER!!!", 0, 0, NULL, 0});
}

void *exact_copy(const void *bytes, size_t size)
{
    void *copy = malloc(size);

    assert(copy != NULL || size == 0);
    if (size != 0)
        memcpy(copy, bytes, size);
    return copy;
}
