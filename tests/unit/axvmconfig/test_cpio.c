/* The archive reader: what it finds, and every way in which an archive can be broken. */
#include "archive.h"
#include "cmocka_all.h"
#include <axvmconfig/cpio.h>
#include <stdlib.h>
#include <string.h>

static struct archive archive;

static int setup(void **state)
{
    memset(&archive, 0, sizeof(archive));
    return 0;
}

/* Opens an exact copy, so that a read beyond the archive is seen, and frees it. */
static enum err open_copy(struct message *why)
{
    struct cpio cpio;
    void *copy = exact_copy(archive.bytes, archive.size);
    enum err err = cpio_open(&cpio, copy, archive.size, why);

    free(copy);
    return err;
}

static void expect_broken(const char *text)
{
    struct message why = {""};

    assert_int_equal(open_copy(&why), ERR_FORMAT);
    assert_string_equal(why.text, text);
}

static void test_finds_files_in_place(void **state)
{
    struct cpio cpio;
    struct cpio_file file;
    struct message why;

    archive_add(&archive, "a", "12345", 5);
    archive_add(&archive, "cache:linux/Image", "abc", 3);
    archive_add(&archive, "empty", NULL, 0);
    archive_end(&archive);
    assert_int_equal(cpio_open(&cpio, archive.bytes, archive.size, &why), OK);

    assert_int_equal(cpio_find(&cpio, "cache:linux/Image", &file), OK);
    assert_string_equal(file.name, "cache:linux/Image");
    assert_int_equal(file.size, 3);
    assert_memory_equal(file.data, "abc", 3);
    assert_in_range((uintptr_t)file.data, (uintptr_t)archive.bytes,
                    (uintptr_t)archive.bytes + archive.size);
    assert_int_equal((uintptr_t)file.data % 4, 0);
    assert_int_equal(cpio_find(&cpio, "empty", &file), OK);
    assert_int_equal(file.size, 0);
    assert_int_equal(cpio_find(&cpio, "b", &file), ERR_NOT_FOUND);
    assert_int_equal(cpio_find(&cpio, "TRAILER!!!", &file), ERR_NOT_FOUND);
}

static void test_tells_two_of_a_name_and_links(void **state)
{
    struct cpio cpio;
    struct cpio_file file;
    struct message why;

    archive_add(&archive, "a", "1", 1);
    archive_add(&archive, "a", "2", 1);
    archive_add_member(&archive, &(struct archive_member){"070701", "link", 0120777, 0, "a", 1});
    archive_end(&archive);
    assert_int_equal(cpio_open(&cpio, archive.bytes, archive.size, &why), OK);
    assert_int_equal(cpio_find(&cpio, "a", &file), ERR_EXISTS);
    assert_int_equal(cpio_find(&cpio, "link", &file), ERR_UNSUPPORTED);
}

static void test_what_follows_the_trailer_does_not_count(void **state)
{
    struct cpio cpio;
    struct cpio_file file;
    struct message why;

    archive_end(&archive);
    archive_add(&archive, "late", "x", 1);
    assert_int_equal(cpio_open(&cpio, archive.bytes, archive.size, &why), OK);
    assert_int_equal(cpio_find(&cpio, "late", &file), ERR_NOT_FOUND);
}

static void test_checksum(void **state)
{
    struct message why;

    archive_add_member(&archive,
                       &(struct archive_member){"070702", "sum", 0100644, 1 + 255, "\1\377", 2});
    archive_end(&archive);
    assert_int_equal(open_copy(&why), OK);

    archive.bytes[110 + 4 + 2]++; /* the first byte of the data: 110 + "sum\0" is 114, padded 116 */
    expect_broken("bundle: at offset 0: sum: checksum 0x101, expected 0x100");
}

static void test_empty(void **state)
{
    expect_broken("bundle: at offset 0: the archive ends without a TRAILER!!!");
}

static void test_no_trailer(void **state)
{
    archive_add(&archive, "a", "1", 1);
    expect_broken("bundle: at offset 116: the archive ends without a TRAILER!!!");
}

static void test_bad_magic(void **state)
{
    archive_add(&archive, "a", "1", 1);
    archive_end(&archive);
    archive.bytes[116 + 5] = '3';
    expect_broken("bundle: at offset 116: expected a newc member (magic 070701 or 070702)");
}

static void test_unpadded(void **state)
{
    archive_add(&archive, "a", "1", 1);
    archive_end(&archive);
    memmove(archive.bytes + 113, archive.bytes + 116, archive.size - 116);
    archive.size -= 3;
    expect_broken("bundle: at offset 116: expected a newc member (magic 070701 or 070702)");
}

static void test_bad_digit(void **state)
{
    archive_end(&archive);
    archive.bytes[6 + 8 * 6] = 'g'; /* in the file's size */
    expect_broken(
        "bundle: at offset 0: the member's header has something else than hexadecimal digits");
}

static void test_upper_case_digits(void **state)
{
    struct message why;
    uint8_t data[10] = {0};

    archive_add(&archive, "a", data, sizeof(data));
    archive_end(&archive);
    assert_int_equal(archive.bytes[6 + 8 * 6 + 7], 'a');
    archive.bytes[6 + 8 * 6 + 7] = 'A';
    assert_int_equal(open_copy(&why), OK);
}

static void test_truncated_header(void **state)
{
    archive_end(&archive);
    archive.size = 109;
    expect_broken("bundle: at offset 0: the archive ends within a member's header of 110 bytes");
}

static void test_truncated_name(void **state)
{
    archive_end(&archive);
    archive.size = 115;
    expect_broken("bundle: at offset 0: the member's name reaches beyond the archive's end");
}

static void test_unterminated_name(void **state)
{
    archive_end(&archive);
    archive.bytes[110 + 10] = '!';
    expect_broken("bundle: at offset 0: the member's name is empty or not terminated");
}

static void test_name_that_ends_early(void **state)
{
    archive_end(&archive);
    archive.bytes[110 + 3] = '\0';
    expect_broken("bundle: at offset 0: the member's name is empty or not terminated");
}

static void test_empty_name(void **state)
{
    archive_add(&archive, "", "1", 1);
    archive_end(&archive);
    expect_broken("bundle: at offset 0: the member's name is empty or not terminated");
}

static void test_truncated_data(void **state)
{
    archive_add(&archive, "a", "12345678", 8);
    archive.size -= 1;
    expect_broken("bundle: at offset 0: a: its 8 bytes reach beyond the archive's end");
}

static void test_size_beyond_the_end(void **state)
{
    archive_add(&archive, "a", "1", 1);
    archive_end(&archive);
    memcpy(archive.bytes + 6 + 8 * 6, "ffffffff", 8);
    expect_broken("bundle: at offset 0: a: its 4294967295 bytes reach beyond the archive's end");
}

static void test_a_long_name_is_cut_in_the_message(void **state)
{
    char name[1024];
    struct message why;

    memset(name, 'x', sizeof(name) - 1);
    name[10] = '\n';
    name[sizeof(name) - 1] = '\0';
    archive_add(&archive, name, "1", 1);
    archive.size -= 4;
    assert_int_equal(open_copy(&why), ERR_FORMAT);
    assert_int_equal(strlen(why.text), MESSAGE_SIZE - 1);
    assert_string_equal(why.text + MESSAGE_SIZE - 5, "x...");
    assert_null(strchr(why.text, '\n'));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_finds_files_in_place),
        TEST(test_tells_two_of_a_name_and_links),
        TEST(test_what_follows_the_trailer_does_not_count),
        TEST(test_checksum),
        TEST(test_empty),
        TEST(test_no_trailer),
        TEST(test_bad_magic),
        TEST(test_unpadded),
        TEST(test_bad_digit),
        TEST(test_upper_case_digits),
        TEST(test_truncated_header),
        TEST(test_truncated_name),
        TEST(test_unterminated_name),
        TEST(test_name_that_ends_early),
        TEST(test_empty_name),
        TEST(test_truncated_data),
        TEST(test_size_beyond_the_end),
        TEST(test_a_long_name_is_cut_in_the_message),
    };
    return cmocka_run_group_tests_name("axvmconfig/cpio", tests, NULL, NULL);
}
