/* The formats that need more than a look at a header, for image.c alone. */
#pragma once
#include <axvmconfig/image.h>
#include <stdbool.h>

bool image_is_elf(const void *file, size_t size);
/* As image_recognise(), for a file that image_is_elf(). */
enum err image_read_elf(const void *file, size_t size, uint64_t memory, struct image *out,
                        struct message *why);
/* Adds a segment; ERR_RANGE if it is not wholly inside the RAM, ERR_FORMAT if there are too many.
 */
enum err image_add_segment(struct image *image, struct image_segment segment, uint64_t memory,
                           struct message *why);
