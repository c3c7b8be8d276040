/*
 * The image runs where it is loaded, at any multiple of 4 KiB. Its code is relative to the pc; the
 * words of its data that hold addresses are moved before any other C runs.
 */
#pragma once
#include <axhal/platform.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Called by boot.S, once, on the boot hart. `image` is where the image lies, `linked` the address
 * that it is linked for. `table` has `count` offsets, in bytes from `image`: the words there hold
 * addresses inside the image (tools/relocations).
 */
void image_relocate(uint64_t *image, uint64_t linked, const uint32_t *table, size_t count);

/* Returns where the image lies minus the address that it is linked for, modulo 2^64. */
uint64_t image_offset(void);
/* Returns what an address of the image is in its ELF file, for addr2line. */
uint64_t image_link_address(uint64_t address);
/* Returns the memory that the image takes, .bss and stacks included. */
struct memory_range image_range(void);
