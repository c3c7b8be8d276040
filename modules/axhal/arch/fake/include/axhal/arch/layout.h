/* The unit tests' image: the first pages of a memory that the test has. */
#pragma once
#include <lib/addr.h>

#define FAKE_IMAGE_SIZE (4 * PAGE_SIZE)

extern char fake_memory[];
#define image_start fake_memory
#define image_end (fake_memory + FAKE_IMAGE_SIZE)
