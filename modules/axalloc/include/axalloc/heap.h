/*
 * Small objects: power-of-two size classes, each a free list filled a page at a time; from a page
 * up whole frames. An object is aligned to its class. No memory goes back from a class to frames.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Zeroed; NULL when there is no memory. The caller owns it. Any hart; takes the heap lock. */
void *heap_alloc(size_t size);
/* `size` is what heap_alloc was asked for. NULL is fine. */
void heap_free(void *object, size_t size);
/* Any hart: bytes of free objects in the classes. With those of the frames they are all that is
 * free: what is taken and given back changes the sum by nothing. */
uint64_t heap_free_bytes(void);
