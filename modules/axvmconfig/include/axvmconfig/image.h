/*
 * Kernel images: what is loaded where, and where ramdisk and device tree go.
 *
 * Known are RISC-V Linux `Image` files (also U-Boot's and others' with that header), ELF and flat
 * binaries. Nothing is copied here: an image is a list of segments that point into the file.
 *
 * RAM of a guest, low to high:
 *
 *   GUEST_RAM_BASE   below the kernel: free
 *   + 2 MiB          the kernel, where its format says; a flat binary always here
 *                    free
 *                    the ramdisk, page-aligned, right below the device tree
 *                    the device tree: the last GUEST_FDT_SPACE of the RAM, of its first 1 GiB if
 *                    there is more (early page tables of many kernels reach that far)
 */
#pragma once
#include <axvmconfig/layout.h>
#include <axvmconfig/message.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_FDT_SPACE SIZE_2M /* and aligned to it: a device tree crosses no 2 MiB boundary */
#define IMAGE_MAX_SEGMENTS 16

enum image_format { IMAGE_LINUX, IMAGE_ELF, IMAGE_FLAT, IMAGE_IN_FLASH };

struct image_segment {
    gpa_t at;
    const void *data;
    uint64_t file_size; /* bytes to copy from `data` */
    uint64_t mem_size;  /* >= file_size; the rest is zero */
};

struct image {
    enum image_format format;
    uint32_t segment_count;
    struct image_segment segments[IMAGE_MAX_SEGMENTS]; /* all inside the RAM */
    gpa_t entry;                                       /* where the boot hart starts */
    gpa_t end;                                         /* first byte after the highest segment */
};

struct placement {
    gpa_t fdt;     /* GUEST_FDT_SPACE bytes */
    gpa_t ramdisk; /* equal to `fdt` if there is no ramdisk */
};

/*
 * Recognises the image in [file, file+size) for a VM with `memory` bytes of RAM. ERR_FORMAT: it is
 * broken or of no known form; ERR_RANGE: it does not fit in the RAM; `why` says the reason, without
 * the image's name. The segments point into `file`.
 */
enum err image_recognise(const void *file, size_t size, uint64_t memory, struct image *out,
                         struct message *why);

/* No image in RAM: the boot hart starts at the first byte of the flash, as QEMU has it. */
struct image image_in_flash(void);

/*
 * Places the device tree and a ramdisk of `ramdisk_size` bytes (0: none) after `image`. `memory` is
 * a multiple of 2 MiB. ERR_RANGE: they do not fit in.
 */
enum err image_place(const struct image *image, uint64_t ramdisk_size, uint64_t memory,
                     struct placement *out);

/* The least memory, in bytes, with which image_place() succeeds. */
uint64_t image_memory_needed(const struct image *image, uint64_t ramdisk_size);
