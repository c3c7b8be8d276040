/* Recognises kernel images and lays out a guest's RAM; see image.h. */
#include "image_formats.h"
#include <lib/bits.h>
#include <stdbool.h>
#include <string.h>

#define FLAT_OFFSET SIZE_2M

/* Linux, Documentation/arch/riscv/boot-image-header.rst; little-endian, as we are. */
struct linux_header {
    uint32_t code[2];
    uint64_t text_offset; /* from the start of the RAM */
    uint64_t image_size;  /* with .bss */
    uint64_t flags;
    uint32_t version;
    uint32_t reserved1;
    uint64_t reserved2;
    uint64_t magic; /* all that version 0.1 has */
    uint32_t magic2;
    uint32_t reserved3;
};
#define LINUX_MAGIC UINT64_C(0x5643534952) /* "RISCV" */
#define LINUX_MAGIC2 UINT32_C(0x05435352)  /* "RSC\5" */
#define LINUX_FLAG_BIG_ENDIAN UINT64_C(1)

enum err image_add_segment(struct image *image, struct image_segment segment, uint64_t memory,
                           struct message *why)
{
    if (!range_inside(segment.at.a, segment.mem_size, GUEST_RAM_BASE, memory)) {
        message_set(why, "takes %#lx bytes at %#lx, but the memory is %#lx..%#lx",
                    (unsigned long)segment.mem_size, (unsigned long)segment.at.a,
                    (unsigned long)GUEST_RAM_BASE, (unsigned long)(GUEST_RAM_BASE + memory));
        return ERR_RANGE;
    }
    if (image->segment_count == IMAGE_MAX_SEGMENTS) {
        message_set(why, "has more than %d segments to load", IMAGE_MAX_SEGMENTS);
        return ERR_FORMAT;
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *other = &image->segments[i];
        if (segment.at.a < other->at.a + other->mem_size &&
            other->at.a < segment.at.a + segment.mem_size) {
            message_set(why, "has two segments at one address: %#lx bytes at %#lx, %#lx at %#lx",
                        (unsigned long)other->mem_size, (unsigned long)other->at.a,
                        (unsigned long)segment.mem_size, (unsigned long)segment.at.a);
            return ERR_FORMAT;
        }
    }
    image->segments[image->segment_count++] = segment;
    if (image->end.a < segment.at.a + segment.mem_size)
        image->end = gpa(segment.at.a + segment.mem_size);
    return OK;
}

static bool read_linux_header(const void *file, size_t size, struct linux_header *out)
{
    if (size < sizeof(*out))
        return false;
    memcpy(out, file, sizeof(*out)); /* the file's alignment is unknown */
    return out->magic2 == LINUX_MAGIC2 || out->magic == LINUX_MAGIC;
}

static enum err read_linux(const struct linux_header *header, const void *file, size_t size,
                           uint64_t memory, struct image *out, struct message *why)
{
    if ((header->flags & LINUX_FLAG_BIG_ENDIAN) != 0) {
        message_set(why, "is big-endian: expected a little-endian kernel");
        return ERR_FORMAT;
    }
    /* Elsewhere Linux dies before its first word (Documentation/arch/riscv/boot.rst, "Kernel
     * location"). */
    if (!is_aligned(header->text_offset, SIZE_2M)) {
        message_set(why, "its text_offset is %#lx: expected a multiple of 2 MiB (0x200000)",
                    (unsigned long)header->text_offset);
        return ERR_FORMAT;
    }
    if (header->text_offset > memory) {
        message_set(why, "its text_offset is %#lx, but the memory has %#lx bytes",
                    (unsigned long)header->text_offset, (unsigned long)memory);
        return ERR_RANGE;
    }
    out->format = IMAGE_LINUX;
    out->entry = gpa(GUEST_RAM_BASE + header->text_offset);
    uint64_t mem_size = header->image_size > size ? header->image_size : size;
    return image_add_segment(out, (struct image_segment){out->entry, file, size, mem_size}, memory,
                             why);
}

static enum err read_flat(const void *file, size_t size, uint64_t memory, struct image *out,
                          struct message *why)
{
    out->format = IMAGE_FLAT;
    out->entry = gpa(GUEST_RAM_BASE + FLAT_OFFSET);
    return image_add_segment(out, (struct image_segment){out->entry, file, size, size}, memory,
                             why);
}

enum err image_recognise(const void *file, size_t size, uint64_t memory, struct image *out,
                         struct message *why)
{
    struct linux_header header;

    *out = (struct image){0};
    if (size == 0) {
        message_set(why, "is empty: expected an Image, ELF or flat binary");
        return ERR_FORMAT;
    }
    enum err err = image_refuse_foreign(file, size, why);
    if (err != OK)
        return err;
    if (image_is_elf(file, size))
        return image_read_elf(file, size, memory, out, why);
    if (read_linux_header(file, size, &header))
        return read_linux(&header, file, size, memory, out, why);
    err = image_refuse_efi(file, size, why);
    return err != OK ? err : read_flat(file, size, memory, out, why);
}

struct image image_in_flash(void)
{
    return (struct image){
        .format = IMAGE_IN_FLASH, .entry = gpa(GUEST_FLASH), .end = gpa(GUEST_RAM_BASE)};
}

/* `limit`: where the part of the RAM that may be used ends, in bytes from its base. */
static bool place_below(const struct image *image, uint64_t ramdisk_size, uint64_t limit,
                        struct placement *out)
{
    uint64_t kernel_end = align_up(image->end.a - GUEST_RAM_BASE, PAGE_SIZE);

    if (limit < GUEST_FDT_SPACE ||
        !range_inside(kernel_end, ramdisk_size, 0, limit - GUEST_FDT_SPACE))
        return false;
    out->fdt = gpa(GUEST_RAM_BASE + limit - GUEST_FDT_SPACE);
    out->ramdisk = gpa(align_down(out->fdt.a - ramdisk_size, PAGE_SIZE));
    return true;
}

enum err image_place(const struct image *image, uint64_t ramdisk_size, uint64_t memory,
                     struct placement *out)
{
    uint64_t low = memory < SIZE_1G ? memory : SIZE_1G;

    if (place_below(image, ramdisk_size, low, out) || place_below(image, ramdisk_size, memory, out))
        return OK;
    return ERR_RANGE;
}

uint64_t image_memory_needed(const struct image *image, uint64_t ramdisk_size)
{
    uint64_t kernel = align_up(image->end.a - GUEST_RAM_BASE, PAGE_SIZE);

    return align_up(kernel + align_up(ramdisk_size, PAGE_SIZE) + GUEST_FDT_SPACE, SIZE_2M);
}
