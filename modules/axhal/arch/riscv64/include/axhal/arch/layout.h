/* Where the parts of the image are (link.ld). */
#pragma once

extern char image_start[], text_end[], rodata_end[], image_end[];
