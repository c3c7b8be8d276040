/*
 * ELF64 kernels: the PT_LOAD segments go to their physical addresses (ELF-64 Object File
 * Format 1.5; RISC-V ELF psABI). Every number of the file is checked before it is used.
 */
#include "image_formats.h"
#include <string.h>

struct elf_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry; /* a virtual address */
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
enum { IDENT_CLASS = 4, IDENT_DATA = 5 };
enum { CLASS_64 = 2, DATA_LITTLE_ENDIAN = 1, MACHINE_RISCV = 243, PT_LOAD = 1 };

bool image_is_elf(const void *file, size_t size)
{
    return size >= sizeof(magic) && memcmp(file, magic, sizeof(magic)) == 0;
}

static enum err read_header(const void *file, size_t size, struct elf_header *out,
                            struct message *why)
{
    if (size < sizeof(*out)) {
        message_set(why, "is an ELF file that ends within its header");
        return ERR_FORMAT;
    }
    memcpy(out, file, sizeof(*out)); /* the file's alignment is unknown */
    if (out->ident[IDENT_CLASS] != CLASS_64 || out->ident[IDENT_DATA] != DATA_LITTLE_ENDIAN ||
        out->machine != MACHINE_RISCV) {
        message_set(why,
                    "is an ELF file of class %d, data %d, machine %d: expected 64-bit, "
                    "little-endian, RISC-V (%d, %d, %d)",
                    out->ident[IDENT_CLASS], out->ident[IDENT_DATA], out->machine, CLASS_64,
                    DATA_LITTLE_ENDIAN, MACHINE_RISCV);
        return ERR_FORMAT;
    }
    if (out->phentsize != sizeof(struct elf_segment) ||
        !range_inside(out->phoff, (uint64_t)out->phnum * out->phentsize, 0, size)) {
        message_set(why,
                    "is an ELF file whose program headers (%u of %u bytes at offset %#lx) are "
                    "not of 56 bytes inside the file",
                    out->phnum, out->phentsize, (unsigned long)out->phoff);
        return ERR_FORMAT;
    }
    return OK;
}

static enum err check_segment(const struct elf_segment *segment, uint32_t index, size_t size,
                              struct message *why)
{
    if (!range_inside(segment->offset, segment->filesz, 0, size) ||
        segment->filesz > segment->memsz) {
        message_set(why,
                    "its segment %u has %#lx bytes at offset %#lx for %#lx in memory: expected "
                    "them inside the file and no more than in memory",
                    index, (unsigned long)segment->filesz, (unsigned long)segment->offset,
                    (unsigned long)segment->memsz);
        return ERR_FORMAT;
    }
    return OK;
}

/* The entry is virtual; it lies in a segment whose physical address is known. */
static bool translate_entry(const struct elf_segment *segment, uint64_t entry, struct image *out)
{
    if (!range_inside(entry, 2, segment->vaddr, segment->memsz))
        return false;
    out->entry = gpa(segment->paddr + (entry - segment->vaddr));
    return true;
}

enum err image_read_elf(const void *file, size_t size, uint64_t memory, struct image *out,
                        struct message *why)
{
    struct elf_header header;
    bool has_entry = false;

    out->format = IMAGE_ELF;
    enum err err = read_header(file, size, &header, why);
    for (uint32_t i = 0; err == OK && i < header.phnum; i++) {
        struct elf_segment segment;
        const uint8_t *bytes = file;

        memcpy(&segment, bytes + header.phoff + i * sizeof(segment), sizeof(segment));
        if (segment.type != PT_LOAD || segment.memsz == 0)
            continue;
        err = check_segment(&segment, i, size, why);
        if (err == OK) {
            err =
                image_add_segment(out,
                                  (struct image_segment){gpa(segment.paddr), bytes + segment.offset,
                                                         segment.filesz, segment.memsz},
                                  memory, why);
            has_entry |= translate_entry(&segment, header.entry, out);
        }
    }
    if (err == OK && (!has_entry || (out->entry.a & 1) != 0)) {
        message_set(why, "its entry %#lx is odd or in no segment that is loaded",
                    (unsigned long)header.entry);
        err = ERR_FORMAT;
    }
    return err;
}
