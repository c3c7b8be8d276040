/* Every alignment of source and destination, every length that takes another way, and nothing
 * written outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <lib/bulk.h>
#include <string.h>

#define MARGIN 16
#define LENGTH 200

static _Alignas(64) uint8_t from[LENGTH + 2 * MARGIN], to[LENGTH + 2 * MARGIN];

static void expect_untouched_around(size_t offset, size_t size)
{
    for (size_t i = 0; i < sizeof to; i++) {
        if (i < offset || i >= offset + size)
            assert_int_equal(to[i], 0xEE);
    }
}

static void test_copy(void **state)
{
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)(i * 7 + 1);
    for (size_t source = MARGIN; source < MARGIN + 8; source++) {
        for (size_t target = MARGIN; target < MARGIN + 8; target++) {
            for (size_t size = 0; size <= LENGTH - 8; size++) {
                memset(to, 0xEE, sizeof to);
                bulk_copy(to + target, from + source, size);
                assert_memory_equal(to + target, from + source, size);
                expect_untouched_around(target, size);
            }
        }
    }
}

static void test_fill(void **state)
{
    for (size_t target = MARGIN; target < MARGIN + 8; target++) {
        for (size_t size = 0; size <= LENGTH - 8; size++) {
            memset(to, 0xEE, sizeof to);
            bulk_fill(to + target, 0xA5, size);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(to[target + i], 0xA5);
            expect_untouched_around(target, size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_copy), cmocka_unit_test(test_fill)};
    return cmocka_run_group_tests_name("lib/bulk", tests, NULL, NULL);
}
