/* Where there is memory for what the host needs before it can allocate. */
#pragma once
#include <axhal/platform.h>
#include <lib/err.h>

/*
 * Finds `size` bytes of memory, from a page's start on, that touch neither `image` nor what is
 * reserved. What follows the image comes first: some firmware has memory below it that its tree
 * does not reserve. ERR_NO_MEMORY: there is no such place. Pure: also runs on the build machine.
 */
enum err memory_find_room(const struct platform *p, struct memory_range image, uint64_t size,
                          hpa_t *out);
