#pragma once
#include <axhal/platform.h>
#include <lib/addr.h>

/* Boot hart, once, before any allocation. */
void frames_init(const struct platform *p);

/*
 * The parts of frames_init() that depend on the device tree alone; on the build machine `make
 * check` calls them (tools/check). How many bytes the lists of pages need, and: makes the lists in
 * `words`, for an image and lists that lie where the caller says.
 */
uint64_t frames_bitmap_bytes(const struct platform *p);
void frames_fill(const struct platform *p, struct memory_range image, hpa_t bitmaps,
                 uint64_t *words);
