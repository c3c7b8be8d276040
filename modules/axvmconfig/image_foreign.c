/*
 * Files that are no kernel for this machine, known by their first bytes. Without this check they
 * would be loaded as flat binaries, and the VM would be silent.
 */
#include "image_formats.h"
#include <lib/bits.h>
#include <string.h>

#define UNPACKED "expected it unpacked: Image, ELF or flat binary"
#define KERNEL "expected a RISC-V kernel: Image, ELF or flat binary"

static const struct foreign {
    size_t at;
    const char *magic;
    size_t length;
    const char *what, *expected;
} foreign[] = {
    {0, "\x1f\x8b", 2, "is compressed (gzip)", UNPACKED},
    {0, "\xfd\x37zXZ", 5, "is compressed (xz)", UNPACKED},
    {0, "\x28\xb5\x2f\xfd", 4, "is compressed (zstd)", UNPACKED},
    {0, "BZh", 3, "is compressed (bzip2)", UNPACKED},
    {0, "\x5d\0\0", 3, "is compressed (lzma)", UNPACKED},
    {0, "\x89LZO", 4, "is compressed (lzo)", UNPACKED},
    {0, "\x02\x21\x4c\x18", 4, "is compressed (lz4)", UNPACKED}, /* as Linux's build makes it */
    {0, "\x04\x22\x4d\x18", 4, "is compressed (lz4)", UNPACKED},
    {4, "zimg", 4, "is compressed (an EFI zboot image)", UNPACKED}, /* Linux, include/linux/pe.h */
    {0, "\x27\x05\x19\x56", 4, "is a U-Boot image (uImage)", "expected what mkimage made it of"},
    {0, "\xd0\x0d\xfe\xed", 4, "is a device tree or a U-Boot FIT image", KERNEL},
    {0, "070701", 6, "is a cpio archive", "expected a kernel; ramdisk = names such a file"},
    {0, "!<arch>\n", 8, "is an archive of objects", KERNEL},
    {56, "ARM\x64", 4, "is a kernel for arm64", KERNEL}, /* Linux, arch/arm64/booting.rst */
    {0x202, "HdrS", 4, "is a kernel for x86", KERNEL},   /* Linux, arch/x86/boot.rst */
};

static bool is(const struct foreign *f, const void *file, size_t size)
{
    return range_inside(f->at, f->length, 0, size) &&
           memcmp((const char *)file + f->at, f->magic, f->length) == 0;
}

enum err image_refuse_foreign(const void *file, size_t size, struct message *why)
{
    for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
        if (is(&foreign[i], file, size)) {
            message_set(why, "%s: %s", foreign[i].what, foreign[i].expected);
            return ERR_FORMAT;
        }
    }
    return OK;
}

enum err image_refuse_efi(const void *file, size_t size, struct message *why)
{
    if (size < 2 || memcmp(file, "MZ", 2) != 0)
        return OK;
    message_set(why,
                "is an EFI program: expected a kernel that starts without EFI: Image, ELF or flat "
                "binary");
    return ERR_FORMAT;
}
