/*
 * Reader of newc cpio archives (cpio(5): magic 070701, and 070702 with a checksum), in place: files
 * are pointers into the archive. What follows the first "TRAILER!!!" is not looked at.
 */
#pragma once
#include <axvmconfig/message.h>
#include <lib/err.h>
#include <stddef.h>
#include <stdint.h>

struct cpio {
    const uint8_t *base;
    size_t size; /* bytes */
};

struct cpio_file {
    const char *name; /* NUL-terminated, in the archive */
    const void *data; /* 4-byte aligned relative to the archive's base */
    size_t size;      /* bytes */
};

/*
 * Checks every member up to the trailer. The memory must stay as long as the archive and its files
 * are used. ERR_FORMAT: `why` says what is broken and at which offset.
 */
enum err cpio_open(struct cpio *cpio, const void *base, size_t size, struct message *why);

/*
 * Finds the regular file `name` of an archive that cpio_open() accepted. ERR_NOT_FOUND; ERR_EXISTS:
 * the archive has two of that name; ERR_UNSUPPORTED: it is a link, a folder or a device.
 */
enum err cpio_find(const struct cpio *cpio, const char *name, struct cpio_file *out);
