/* Page frames of the host's memory: a bitmap, first fit, contiguous and aligned. */
#pragma once
#include <lib/addr.h>
#include <lib/err.h>

/*
 * `size` bytes (rounded up to pages), aligned to `align` bytes (a power of two, at least a page).
 * The caller owns them. Contents are whatever they were. ERR_NO_MEMORY, ERR_INVALID. Any hart.
 */
enum err frames_alloc(uint64_t size, uint64_t align, hpa_t *out);
/* The same, filled with zeros. */
enum err frames_alloc_zeroed(uint64_t size, uint64_t align, hpa_t *out);
/* Gives back exactly what frames_alloc gave; a frame that is not allocated panics. */
void frames_free(hpa_t at, uint64_t size);
uint64_t frames_free_bytes(void);
/* Bytes of the largest free block that begins at a multiple of `align`, as in frames_alloc(). */
uint64_t frames_largest_bytes(uint64_t align);
/* How much was free before the first allocation: what the image and reserved memory leave. */
uint64_t frames_at_start(void);
