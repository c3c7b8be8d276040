/*
 * A bitmap of page frames: first fit of contiguous, aligned runs. No locks: the caller's.
 * A bit is 1 while its frame is taken.
 */
#pragma once
#include <lib/addr.h>
#include <lib/err.h>
#include <stddef.h>
#include <stdint.h>

struct frame_bitmap {
    uint64_t *words;
    uint64_t base; /* address of frame 0, page-aligned */
    uint64_t frames;
    uint64_t free;
};

/* Bytes that the words of `frames` frames take. */
size_t frame_bitmap_bytes(uint64_t frames);
/* All frames free; what is not is for the caller to reserve. */
void frame_bitmap_init(struct frame_bitmap *map, uint64_t *words, uint64_t base, uint64_t frames);
/* `count` frames whose address is a multiple of `align` bytes: ERR_NO_MEMORY, ERR_INVALID. */
enum err frame_bitmap_take(struct frame_bitmap *map, uint64_t count, uint64_t align, uint64_t *at);
/* Bytes of the largest free run that begins at a multiple of `align` bytes, a power of two; 0:
 * there is none. */
uint64_t frame_bitmap_largest(const struct frame_bitmap *map, uint64_t align);
/* Frees [at, at+count frames): ERR_INVALID, and nothing is freed, if one of them is not taken. */
enum err frame_bitmap_release(struct frame_bitmap *map, uint64_t at, uint64_t count);
/* Takes exactly these frames; those taken already stay so. Frames outside are ignored. */
void frame_bitmap_reserve(struct frame_bitmap *map, uint64_t at, uint64_t count);
