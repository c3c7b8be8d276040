/* The formats that need more than a look at a header, for image.c alone. */
#pragma once
#include <axvmconfig/image.h>
#include <stdbool.h>

/* image_foreign.c: ERR_FORMAT, reported, if the file is known to be something else than a kernel.
 */
enum err image_refuse_foreign(const void *file, size_t size, struct message *why);
/* image_foreign.c: the same of a program for EFI firmware. A Linux Image can begin as one: ask
 * later.
 */
enum err image_refuse_efi(const void *file, size_t size, struct message *why);

bool image_is_elf(const void *file, size_t size);
/* As image_recognise(), for a file that image_is_elf(). */
enum err image_read_elf(const void *file, size_t size, uint64_t memory, struct image *out,
                        struct message *why);
/* Adds a segment; ERR_RANGE if it is not wholly inside the RAM, ERR_FORMAT if there are too many,
 * or one lies there already. */
enum err image_add_segment(struct image *image, struct image_segment segment, uint64_t memory,
                           struct message *why);
