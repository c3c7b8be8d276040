/* The unit tests' image: four pages, where the test says; only those that write to it need memory.
 */
#pragma once
#include <lib/addr.h>

#define FAKE_IMAGE_SIZE (4 * PAGE_SIZE)

extern char *fake_image;                        /* modules/axhal/arch/fake/csr.c; a test sets it */
extern const char tls_image[], tls_image_end[]; /* of threads, which tests have none of */
#define image_start fake_image
#define text_end (fake_image + PAGE_SIZE)
#define rodata_end (fake_image + 2 * PAGE_SIZE)
#define image_end (fake_image + FAKE_IMAGE_SIZE)
