/*
 * A newc archive is a sequence of members: a header of 110 characters (a magic and 13 numbers of
 * eight hexadecimal digits), the name with its NUL, the data; name and data are each padded to a
 * multiple of four bytes from the archive's start.
 */
#include <axvmconfig/cpio.h>
#include <lib/addr.h>
#include <stdbool.h>
#include <string.h>

#define MAGIC_SIZE 6
#define FIELD_SIZE 8
#define HEADER_SIZE 110
#define PADDING 4
#define TRAILER "TRAILER!!!"

#define MODE_TYPE 0170000u
#define MODE_REGULAR 0100000u

enum field { FIELD_MODE = 1, FIELD_FILE_SIZE = 6, FIELD_NAME_SIZE = 11, FIELD_CHECK = 12 };

struct member {
    struct cpio_file file;
    uint32_t mode;
    uint32_t check;
    bool has_check;
    size_t next; /* offset of the next member's header */
};

static enum err broken(struct message *why, size_t at, const char *what)
{
    message_set(why, "bundle: at offset %zu: %s", at, what);
    return ERR_FORMAT;
}

static bool read_digit(uint8_t c, uint32_t *digit)
{
    if (c >= '0' && c <= '9')
        *digit = c - (uint32_t)'0';
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        *digit = (c | 0x20u) - (uint32_t)'a' + 10;
    else
        return false;
    return true;
}

static bool read_field(const uint8_t *header, enum field field, uint32_t *value)
{
    const uint8_t *digits = header + MAGIC_SIZE + FIELD_SIZE * (size_t)field;

    *value = 0;
    for (size_t i = 0; i < FIELD_SIZE; i++) {
        uint32_t digit;
        if (!read_digit(digits[i], &digit))
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

static enum err read_header(const struct cpio *cpio, size_t at, struct member *out,
                            uint32_t *name_size, uint32_t *file_size, struct message *why)
{
    if (at >= cpio->size)
        return broken(why, at, "the archive ends without a " TRAILER);
    if (cpio->size - at < HEADER_SIZE)
        return broken(why, at, "the archive ends within a member's header of 110 bytes");
    const uint8_t *header = cpio->base + at;
    out->has_check = memcmp(header, "070702", MAGIC_SIZE) == 0;
    if (!out->has_check && memcmp(header, "070701", MAGIC_SIZE) != 0)
        return broken(why, at, "expected a newc member (magic 070701 or 070702)");
    if (!read_field(header, FIELD_MODE, &out->mode) ||
        !read_field(header, FIELD_FILE_SIZE, file_size) ||
        !read_field(header, FIELD_NAME_SIZE, name_size) ||
        !read_field(header, FIELD_CHECK, &out->check))
        return broken(why, at, "the member's header has something else than hexadecimal digits");
    return OK;
}

/* The sum of all bytes, modulo 2^32. */
static uint32_t checksum(const struct cpio_file *file)
{
    const uint8_t *data = file->data;
    uint32_t sum = 0;

    for (size_t i = 0; i < file->size; i++)
        sum += data[i];
    return sum;
}

/* Sizes are of 32 bits and offsets below the archive's size, so no sum here overflows. */
/* More than one NUL is padding, with which a packer aligns the data (tools/bundle). */
static bool is_terminated(const char *name, size_t size)
{
    size_t length = strnlen(name, size);
    for (size_t i = length; i < size; i++) {
        if (name[i] != '\0')
            return false;
    }
    return length > 0 && length < size;
}

static enum err read_member(const struct cpio *cpio, size_t at, struct member *out,
                            struct message *why)
{
    uint32_t name_size;
    uint32_t file_size;
    enum err err = read_header(cpio, at, out, &name_size, &file_size, why);
    if (err != OK)
        return err;

    const char *name = (const char *)cpio->base + at + HEADER_SIZE;
    if (name_size > cpio->size - at - HEADER_SIZE)
        return broken(why, at, "the member's name reaches beyond the archive's end");
    if (!is_terminated(name, name_size))
        return broken(why, at, "the member's name is empty or not terminated");

    size_t data = align_up(at + HEADER_SIZE + name_size, PADDING);
    if (data > cpio->size || file_size > cpio->size - data) {
        err = broken(why, at, "");
        message_add(why, "%s: its %u bytes reach beyond the archive's end", name, file_size);
        return err;
    }
    out->file = (struct cpio_file){name, cpio->base + data, file_size};
    out->next = align_up(data + file_size, PADDING);
    return OK;
}

static bool is_trailer(const struct member *member)
{
    return strcmp(member->file.name, TRAILER) == 0;
}

enum err cpio_open(struct cpio *cpio, const void *base, size_t size, struct message *why)
{
    struct cpio archive = {base, size};
    struct member member;

    for (size_t at = 0;; at = member.next) {
        enum err err = read_member(&archive, at, &member, why);
        if (err != OK)
            return err;
        if (is_trailer(&member))
            break;
        if (member.has_check && checksum(&member.file) != member.check) {
            err = broken(why, at, "");
            message_add(why, "%s: checksum %#x, expected %#x", member.file.name,
                        checksum(&member.file), member.check);
            return err;
        }
    }
    *cpio = archive;
    return OK;
}

enum err cpio_find(const struct cpio *cpio, const char *name, struct cpio_file *out)
{
    struct member member;
    struct message unused; /* cpio_open() has read all of these members */
    uint32_t mode = 0;
    bool found = false;

    for (size_t at = 0; read_member(cpio, at, &member, &unused) == OK && !is_trailer(&member);
         at = member.next) {
        if (strcmp(member.file.name, name) != 0)
            continue;
        if (found)
            return ERR_EXISTS;
        found = true;
        mode = member.mode;
        *out = member.file;
    }
    if (!found)
        return ERR_NOT_FOUND;
    return (mode & MODE_TYPE) == MODE_REGULAR ? OK : ERR_UNSUPPORTED;
}
