/*
 * Copying and filling memory at its speed: 64 bytes a turn when source and destination are aligned
 * alike, words put together from two halves when they are not. picolibc's memcpy and memset go
 * byte by byte (it is built for size), which costs hundreds of millions of instructions for a
 * guest's images; axruntime/libc.c puts these in their place.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* The ranges do not overlap. */
void bulk_copy(void *to, const void *from, size_t size);
void bulk_fill(void *to, uint8_t byte, size_t size);
