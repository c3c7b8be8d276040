/*
 * malloc() and what belongs to it, over the host's heap: any hart may call, and a block may be
 * freed on another hart. What the heap wants back, its size, stands before each block.
 */
#include <axalloc/heap.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* As large as the alignment that C asks of any block (C11 §7.22.3). */
struct header {
    size_t size; /* of the block with its header */
    size_t unused;
};
_Static_assert(sizeof(struct header) == _Alignof(max_align_t), "blocks are aligned for any type");

static struct header *header_of(void *block)
{
    return (struct header *)block - 1;
}

void *malloc(size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    struct header *header = heap_alloc(size + sizeof *header);
    if (header == NULL)
        return NULL;
    header->size = size + sizeof *header;
    return header + 1;
}

void free(void *block)
{
    ASSERT(block == NULL || header_of(block)->size > sizeof(struct header) - 1);
    if (block != NULL)
        heap_free(header_of(block), header_of(block)->size);
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return malloc(bytes); /* what the heap gives is zeroed */
}

void *realloc(void *block, size_t size)
{
    void *larger = malloc(size);
    if (larger == NULL || block == NULL)
        return larger;
    size_t old = header_of(block)->size - sizeof(struct header);
    memcpy(larger, block, old < size ? old : size);
    free(block);
    return larger;
}
