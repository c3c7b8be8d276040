/*
 * ELF64 kernels: the PT_LOAD segments go to their physical addresses (ELF-64 Object File
 * Format 1.5; RISC-V ELF psABI). Every number of the file is checked before it is used.
 */
#include "image_formats.h"
#include <lib/addr.h>
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
enum { TYPE_EXECUTABLE = 2, TYPE_SHARED = 3 }; /* the latter: a program at any address, too */

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
    if (out->type != TYPE_EXECUTABLE && out->type != TYPE_SHARED) {
        message_set(why, "is an ELF file of type %u: expected a program that is linked (%u or %u)",
                    out->type, TYPE_EXECUTABLE, TYPE_SHARED);
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
                    "them inside the file and at most as many as in memory",
                    index, (unsigned long)segment->filesz, (unsigned long)segment->offset,
                    (unsigned long)segment->memsz);
        return ERR_FORMAT;
    }
    return OK;
}

/* Where the entry is among the bytes of a segment, by their virtual or their physical addresses. */
static bool find_entry(const struct elf_segment *segment, uint64_t base, uint64_t entry, gpa_t *out)
{
    if (!range_inside(entry, 2, base, segment->filesz))
        return false;
    *out = gpa(segment->paddr + (entry - base));
    return true;
}

/*
 * The entry is virtual (ELF-64 §2); kernels that link themselves high may give the physical one. If
 * one segment's virtual addresses have it, that counts.
 */
struct entry {
    uint64_t value;
    bool by_virtual, by_physical;
    gpa_t virtual, physical;
};

static void look_for_entry(struct entry *entry, const struct elf_segment *segment)
{
    if (!entry->by_virtual)
        entry->by_virtual = find_entry(segment, segment->vaddr, entry->value, &entry->virtual);
    if (!entry->by_physical)
        entry->by_physical = find_entry(segment, segment->paddr, entry->value, &entry->physical);
}

static enum err take_entry(const struct entry *entry, struct image *out, struct message *why)
{
    out->entry = entry->by_virtual ? entry->virtual : entry->physical;
    if (out->segment_count == 0) {
        message_set(why, "is an ELF file with no segment to load");
        return ERR_FORMAT;
    }
    if ((entry->by_virtual || entry->by_physical) && (out->entry.a & 1) == 0)
        return OK;
    message_set(why, "its entry %#lx is odd or in no segment that is loaded",
                (unsigned long)entry->value);
    return ERR_FORMAT;
}

static enum err load(const struct elf_segment *segment, const uint8_t *bytes, uint64_t memory,
                     struct image *out, struct message *why)
{
    return image_add_segment(out,
                             (struct image_segment){gpa(segment->paddr), bytes + segment->offset,
                                                    segment->filesz, segment->memsz},
                             memory, why);
}

enum err image_read_elf(const void *file, size_t size, uint64_t memory, struct image *out,
                        struct message *why)
{
    struct elf_header header;
    const uint8_t *bytes = file;

    out->format = IMAGE_ELF;
    enum err err = read_header(file, size, &header, why);
    if (err != OK)
        return err;
    struct entry entry = {.value = header.entry};
    for (uint32_t i = 0; err == OK && i < header.phnum; i++) {
        struct elf_segment segment;

        memcpy(&segment, bytes + header.phoff + i * sizeof(segment), sizeof(segment));
        if (segment.type != PT_LOAD || segment.memsz == 0)
            continue;
        err = check_segment(&segment, i, size, why);
        if (err == OK)
            err = load(&segment, bytes, memory, out, why);
        look_for_entry(&entry, &segment);
    }
    return err == OK ? take_entry(&entry, out, why) : err;
}
