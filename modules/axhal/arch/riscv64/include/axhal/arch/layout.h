/* Where the parts of the image are (link.ld). */
#pragma once

extern char image_start[], text_end[], rodata_end[], image_end[];
/* What C's variables of a thread begin with. */
extern const char tls_image[], tls_image_end[];
