/*
 * Copies of images: 64 bytes a turn when source and destination are aligned alike, and words put
 * together from two halves when they are not, so that no byte loop runs over megabytes.
 */
#pragma once
#include <stddef.h>

/* The ranges do not overlap. */
void bulk_copy(void *to, const void *from, size_t size);
