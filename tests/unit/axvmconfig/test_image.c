/* Kernel images: what is recognised, where it goes, and what is refused. */
#include "cmocka_all.h"
#include <axvmconfig/image.h>
#include <stdlib.h>
#include <string.h>

#define MIB UINT64_C(0x100000)
#define MEMORY (64 * MIB)
#define RAM GUEST_RAM_BASE

static uint8_t file[4096];
static struct image image;
static struct message why;

static void put(size_t at, uint64_t value, size_t bytes)
{
    memcpy(file + at, &value, bytes);
}

static int setup(void **state)
{
    memset(file, 0, sizeof(file));
    return 0;
}

static enum err recognise(size_t size, uint64_t memory)
{
    memset(&why, 0, sizeof(why));
    return image_recognise(file, size, memory, &image, &why);
}

static void expect_error(enum err expected, size_t size, uint64_t memory, const char *text)
{
    assert_int_equal(recognise(size, memory), expected);
    assert_string_equal(why.text, text);
}

static void expect_segment(uint32_t index, uint64_t at, const void *data, uint64_t file_size,
                           uint64_t mem_size)
{
    assert_in_range(index, 0, image.segment_count - 1);
    assert_int_equal(image.segments[index].at.a, at);
    assert_ptr_equal(image.segments[index].data, data);
    assert_int_equal(image.segments[index].file_size, file_size);
    assert_int_equal(image.segments[index].mem_size, mem_size);
}

static void make_linux(uint64_t text_offset, uint64_t image_size)
{
    put(8, text_offset, 8);
    put(16, image_size, 8);
    put(56, 0x05435352, 4);
}

static void test_flat(void **state)
{
    file[0] = 0x13;
    assert_int_equal(recognise(1000, MEMORY), OK);
    assert_int_equal(image.format, IMAGE_FLAT);
    assert_int_equal(image.segment_count, 1);
    expect_segment(0, RAM + 2 * MIB, file, 1000, 1000);
    assert_int_equal(image.entry.a, RAM + 2 * MIB);
    assert_int_equal(image.end.a, RAM + 2 * MIB + 1000);
}

static void test_flat_too_large(void **state)
{
    assert_int_equal(recognise(1000, 2 * MIB + 1000), OK);
    expect_error(ERR_RANGE, 1000, 2 * MIB + 999,
                 "takes 0x3e8 bytes at 0x80200000, but the memory is 0x80000000..0x802003e7");
    expect_error(ERR_RANGE, 1000, 0,
                 "takes 0x3e8 bytes at 0x80200000, but the memory is 0x80000000..0x80000000");
}

static void test_linux(void **state)
{
    make_linux(2 * MIB, 20 * MIB);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.format, IMAGE_LINUX);
    expect_segment(0, RAM + 2 * MIB, file, sizeof(file), 20 * MIB);
    assert_int_equal(image.entry.a, RAM + 2 * MIB);
    assert_int_equal(image.end.a, RAM + 22 * MIB);
}

static void test_linux_whose_image_size_is_less_than_the_file(void **state)
{
    make_linux(0, 16);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    expect_segment(0, RAM, file, sizeof(file), sizeof(file));
}

static void test_linux_too_large(void **state)
{
    make_linux(2 * MIB, MEMORY - 2 * MIB);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    make_linux(2 * MIB, MEMORY - 2 * MIB + 1);
    expect_error(ERR_RANGE, sizeof(file), MEMORY,
                 "takes 0x3e00001 bytes at 0x80200000, but the memory is 0x80000000..0x84000000");
    make_linux(2 * MIB, UINT64_MAX);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_RANGE);
    make_linux(UINT64_MAX - 2 * MIB + 1, 0);
    expect_error(ERR_RANGE, sizeof(file), MEMORY,
                 "its text_offset is 0xffffffffffe00000, but the memory has 0x4000000 bytes");
}

/* A kernel that is not where Linux expects itself runs into the dark. */
static void test_linux_at_an_odd_place(void **state)
{
    static const uint64_t offsets[] = {1, 2, 0x1000, 0x80000, 2 * MIB + 1, 3 * MIB};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        make_linux(offsets[i], 0);
        assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
        assert_non_null(strstr(why.text, ": expected a multiple of 2 MiB (0x200000)"));
    }
    make_linux(4 * MIB, 0);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.entry.a, RAM + 4 * MIB);
}

/* Version 0.1 of the header has the first magic number only, and no image_size. */
static void test_linux_of_old(void **state)
{
    make_linux(2 * MIB, 0);
    put(56, 0, 4);
    put(48, 0x5643534952, 8);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.format, IMAGE_LINUX);
    expect_segment(0, RAM + 2 * MIB, file, sizeof(file), sizeof(file));
}

/* The header of an Image that EFI can start too begins as an EFI program's. */
static void test_efi(void **state)
{
    memcpy(file, "MZ", 2);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "is an EFI program: expected a kernel that starts without EFI: Image, ELF or flat "
                 "binary");
    make_linux(2 * MIB, 0);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.format, IMAGE_LINUX);
}

static void test_linux_big_endian(void **state)
{
    make_linux(2 * MIB, 4096);
    put(24, 1, 8);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "is big-endian: expected a little-endian kernel");
}

static void test_empty(void **state)
{
    expect_error(ERR_FORMAT, 0, MEMORY, "is empty: expected an Image, ELF or flat binary");
}

static void test_packed_images_are_refused(void **state)
{
    static const char expected[] = ": expected it unpacked: Image, ELF or flat binary";
    static const struct {
        size_t at;
        const char *magic;
        const char *what;
    } packed[] = {
        {0, "\x1f\x8b\x08", "is compressed (gzip)"},
        {0, "\xfd\x37zXZ", "is compressed (xz)"},
        {0, "\x28\xb5\x2f\xfd", "is compressed (zstd)"},
        {4, "zimg", "is compressed (an EFI zboot image)"},
        {0, "BZh9", "is compressed (bzip2)"},
        {0, "\x89LZO", "is compressed (lzo)"},
        {0, "\x02\x21\x4c\x18", "is compressed (lz4)"},
        {0, "\x04\x22\x4d\x18", "is compressed (lz4)"},
    };

    for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
        memset(file, 0, sizeof(file));
        memcpy(file + packed[i].at, packed[i].magic, strlen(packed[i].magic));
        assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
        assert_memory_equal(why.text, packed[i].what, strlen(packed[i].what));
        assert_string_equal(why.text + strlen(packed[i].what), expected);
        assert_int_equal(recognise(1, MEMORY), OK); /* one byte is no magic */
    }
}

static void test_other_files_are_refused(void **state)
{
    static const char kernel[] = ": expected a RISC-V kernel: Image, ELF or flat binary";
    static const struct {
        size_t at;
        const char *magic, *what, *expected;
    } others[] = {
        {0, "\x27\x05\x19\x56", "is a U-Boot image (uImage)", ": expected what mkimage made it of"},
        {0, "\xd0\x0d\xfe\xed", "is a device tree or a U-Boot FIT image", kernel},
        {0, "070701", "is a cpio archive", ": expected a kernel; ramdisk = names such a file"},
        {0, "!<arch>\n", "is an archive of objects", kernel},
        {56, "ARM\x64", "is a kernel for arm64", kernel},
        {0x202, "HdrS", "is a kernel for x86", kernel},
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        memset(file, 0, sizeof(file));
        memcpy(file + others[i].at, others[i].magic, strlen(others[i].magic));
        assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
        assert_memory_equal(why.text, others[i].what, strlen(others[i].what));
        assert_string_equal(why.text + strlen(others[i].what), others[i].expected);
    }
}

static void make_elf(uint64_t entry, uint32_t segments)
{
    memcpy(file, "\x7f\x45LF\2\1\1", 7);
    put(16, 2, 2);
    put(18, 243, 2);
    put(24, entry, 8);
    put(32, 64, 8);
    put(54, 56, 2);
    put(56, segments, 2);
}

/* Program header `index`: PT_LOAD, virtual address `vaddr`. */
static void make_segment(uint32_t index, uint64_t offset, uint64_t vaddr, uint64_t paddr,
                         uint64_t filesz, uint64_t memsz)
{
    size_t at = 64 + 56 * (size_t)index;

    put(at, 1, 4);
    put(at + 8, offset, 8);
    put(at + 16, vaddr, 8);
    put(at + 24, paddr, 8);
    put(at + 32, filesz, 8);
    put(at + 40, memsz, 8);
}

static void test_elf(void **state)
{
    make_elf(0xffffffff80000010, 3);
    make_segment(0, 512, 0xffffffff80000000, RAM, 256, 256);
    put(64 + 56, 4, 4); /* PT_NOTE: not loaded */
    make_segment(2, 1024, 0xffffffff80100000, RAM + MIB, 100, 2 * MIB);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.format, IMAGE_ELF);
    assert_int_equal(image.segment_count, 2);
    expect_segment(0, RAM, file + 512, 256, 256);
    expect_segment(1, RAM + MIB, file + 1024, 100, 2 * MIB);
    assert_int_equal(image.entry.a, RAM + 0x10);
    assert_int_equal(image.end.a, RAM + 3 * MIB);
}

static void test_elf_end_is_the_highest(void **state)
{
    make_elf(RAM, 2);
    make_segment(0, 512, RAM, RAM, 256, 8 * MIB);
    make_segment(1, 512, RAM + 9 * MIB, RAM + 9 * MIB, 0, 0); /* nothing to load */
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.segment_count, 1);
    assert_int_equal(image.end.a, RAM + 8 * MIB);
}

static void test_elf_outside_memory(void **state)
{
    make_elf(0x1000, 1);
    make_segment(0, 512, 0x1000, 0x1000, 256, 256);
    expect_error(ERR_RANGE, sizeof(file), MEMORY,
                 "takes 0x100 bytes at 0x1000, but the memory is 0x80000000..0x84000000");
    make_segment(0, 512, RAM, RAM, 256, MEMORY + 1);
    expect_error(ERR_RANGE, sizeof(file), MEMORY,
                 "takes 0x4000001 bytes at 0x80000000, but the memory is 0x80000000..0x84000000");
    make_segment(0, 512, RAM, RAM + 16, 256, UINT64_MAX);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_RANGE);
    make_segment(0, 512, RAM, UINT64_MAX - 16, 16, 256);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_RANGE);
}

static void test_elf_segment_outside_file(void **state)
{
    make_elf(RAM, 1);
    make_segment(0, sizeof(file) - 255, RAM, RAM, 256, 256);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "its segment 0 has 0x100 bytes at offset 0xf01 for 0x100 in memory: expected them "
                 "inside the file and at most as many as in memory");
    make_segment(0, 512, RAM, RAM, 257, 256);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
    make_segment(0, UINT64_MAX - 15, RAM, RAM, 16, 256);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
    make_segment(0, 512, RAM, RAM, UINT64_MAX, UINT64_MAX);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
}

static void test_elf_entry(void **state)
{
    make_elf(RAM + 256, 1);
    make_segment(0, 512, RAM, RAM, 256, 256);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "its entry 0x80000100 is odd or in no segment that is loaded");
    put(24, RAM + 1, 8);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "its entry 0x80000001 is odd or in no segment that is loaded");
    make_elf(RAM, 0);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY, "is an ELF file with no segment to load");
    make_elf(RAM + 16, 1);
    make_segment(0, 512, RAM, RAM, 16, 256); /* in what the file does not fill: no code is there */
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "its entry 0x80000010 is odd or in no segment that is loaded");
}

/* As QEMU's loader has it: virtual if a segment's virtual addresses have it, else physical. */
static void test_elf_entry_is_physical(void **state)
{
    make_elf(RAM + 0x20, 2);
    make_segment(0, 512, 0xffffffff80000000, RAM, 256, 256);
    make_segment(1, 512, 0xffffffff80200000, RAM + 2 * MIB, 256, 256);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.entry.a, RAM + 0x20);
    make_segment(1, 512, RAM, RAM + 2 * MIB, 256, 256);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
    assert_int_equal(image.entry.a, RAM + 2 * MIB + 0x20);
}

static void test_elf_types(void **state)
{
    static const uint16_t types[] = {0, 1, 4, 0xfe00};
    make_elf(RAM, 1);
    make_segment(0, 512, RAM, RAM, 256, 256);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        put(16, types[i], 2);
        assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
        assert_non_null(strstr(why.text, ": expected a program that is linked (2 or 3)"));
    }
    put(16, 3, 2);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
}

static void test_elf_segments_that_overlap(void **state)
{
    make_elf(RAM, 2);
    make_segment(0, 512, RAM, RAM, 256, 4096);
    make_segment(1, 512, RAM + MIB, RAM + 4095, 256, 256);
    expect_error(
        ERR_FORMAT, sizeof(file), MEMORY,
        "has two segments at one address: 0x1000 bytes at 0x80000000, 0x100 at 0x80000fff");
    make_segment(1, 512, RAM + MIB, RAM + 4096, 256, 256);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
}

static void test_elf_header(void **state)
{
    make_elf(RAM, 1);
    make_segment(0, 512, RAM, RAM, 256, 256);
    expect_error(ERR_FORMAT, 63, MEMORY, "is an ELF file that ends within its header");
    expect_error(ERR_FORMAT, 4, MEMORY, "is an ELF file that ends within its header");
    put(32, UINT64_MAX - 8, 8);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "is an ELF file whose program headers (1 of 56 bytes at offset "
                 "0xfffffffffffffff7) are not of 56 bytes inside the file");
    put(32, sizeof(file) - 55, 8);
    assert_int_equal(recognise(sizeof(file), MEMORY), ERR_FORMAT);
    put(18, 62, 2);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY,
                 "is an ELF file of class 2, data 1, machine 62: expected 64-bit, little-endian, "
                 "RISC-V (2, 1, 243)");
}

static void test_elf_with_too_many_segments(void **state)
{
    make_elf(RAM, IMAGE_MAX_SEGMENTS + 1);
    for (uint32_t i = 0; i <= IMAGE_MAX_SEGMENTS; i++)
        make_segment(i, 0, RAM + i * 4096, RAM + i * 4096, 16, 16);
    expect_error(ERR_FORMAT, sizeof(file), MEMORY, "has more than 16 segments to load");
    put(56, IMAGE_MAX_SEGMENTS, 2);
    assert_int_equal(recognise(sizeof(file), MEMORY), OK);
}

static struct placement placed(uint64_t end, uint64_t ramdisk_size, uint64_t memory)
{
    struct image kernel = {.end = gpa(RAM + end)};
    struct placement out;

    assert_int_equal(image_place(&kernel, ramdisk_size, memory, &out), OK);
    assert_in_range(image_memory_needed(&kernel, ramdisk_size), 0, memory);
    return out;
}

static void test_place(void **state)
{
    struct placement p = placed(10 * MIB, 5000, 64 * MIB);
    assert_int_equal(p.fdt.a, RAM + 62 * MIB);
    assert_int_equal(p.ramdisk.a, RAM + 62 * MIB - 8192);

    p = placed(10 * MIB, 0, 64 * MIB);
    assert_int_equal(p.ramdisk.a, p.fdt.a);

    p = placed(10 * MIB, 4096, 8 * SIZE_1G);
    assert_int_equal(p.fdt.a, RAM + SIZE_1G - 2 * MIB);

    /* What does not fit below 1 GiB uses the whole RAM. */
    p = placed(10 * MIB, 2 * SIZE_1G, 8 * SIZE_1G);
    assert_int_equal(p.fdt.a, RAM + 8 * SIZE_1G - 2 * MIB);
    assert_int_equal(p.ramdisk.a, RAM + 6 * SIZE_1G - 2 * MIB);
}

static void test_place_to_the_byte(void **state)
{
    struct image kernel = {.end = gpa(RAM + 4 * MIB - 4095)};
    struct placement out;

    struct placement p = placed(4 * MIB - 4095, 2 * MIB, 8 * MIB);
    assert_int_equal(p.ramdisk.a, RAM + 4 * MIB);
    assert_int_equal(image_memory_needed(&kernel, 2 * MIB), 8 * MIB);

    assert_int_equal(image_place(&kernel, 2 * MIB + 1, 8 * MIB, &out), ERR_RANGE);
    assert_int_equal(image_memory_needed(&kernel, 2 * MIB + 1), 10 * MIB);
    kernel.end = gpa(RAM + 4 * MIB + 1);
    assert_int_equal(image_place(&kernel, 2 * MIB, 8 * MIB, &out), ERR_RANGE);
    assert_int_equal(image_place(&kernel, 0, 2 * MIB, &out), ERR_RANGE);
    assert_int_equal(image_place(&kernel, 0, 0, &out), ERR_RANGE);
    assert_int_equal(image_place(&kernel, UINT64_MAX, 64 * MIB, &out), ERR_RANGE);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_flat),
        TEST(test_flat_too_large),
        TEST(test_linux),
        TEST(test_linux_whose_image_size_is_less_than_the_file),
        TEST(test_linux_too_large),
        TEST(test_linux_big_endian),
        TEST(test_linux_at_an_odd_place),
        TEST(test_linux_of_old),
        TEST(test_efi),
        TEST(test_other_files_are_refused),
        TEST(test_elf_entry_is_physical),
        TEST(test_elf_types),
        TEST(test_elf_segments_that_overlap),
        TEST(test_empty),
        TEST(test_packed_images_are_refused),
        TEST(test_elf),
        TEST(test_elf_end_is_the_highest),
        TEST(test_elf_outside_memory),
        TEST(test_elf_segment_outside_file),
        TEST(test_elf_entry),
        TEST(test_elf_header),
        TEST(test_elf_with_too_many_segments),
        TEST(test_place),
        TEST(test_place_to_the_byte),
    };
    return cmocka_run_group_tests_name("axvmconfig/image", tests, NULL, NULL);
}
