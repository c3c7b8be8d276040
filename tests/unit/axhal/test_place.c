/* An image that is moved, and places for what comes before there is an allocator. */
#include <axhal/image.h>
#include <axhal/room.h>
#include <lib/bits.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RAM UINT64_C(0x100000000)

static void moves_the_words_of_the_table_alone(void **state)
{
    uint64_t image[] = {0x80200010, 0x80200010, 7, 0x80200000};
    static const uint32_t table[] = {8, 24};
    image_relocate(image, 0x80200000, table, 2);
    assert_int_equal(image[0], 0x80200010);
    assert_int_equal(image[1], (uintptr_t)image + 0x10);
    assert_int_equal(image[2], 7);
    assert_int_equal(image[3], (uintptr_t)image);
    assert_int_equal(image_offset(), (uintptr_t)image - 0x80200000);
    assert_int_equal(image_link_address((uintptr_t)&image[1]), 0x80200008);
}

static void leaves_an_image_that_is_where_it_is_linked_for(void **state)
{
    uint64_t image[] = {1, 2};
    static const uint32_t table[] = {0, 8};
    image_relocate(image, (uintptr_t)image, table, 2);
    assert_int_equal(image[0], 1);
    assert_int_equal(image[1], 2);
    assert_int_equal(image_offset(), 0);
}

static struct platform machine(void)
{
    return (struct platform){.memory = {{hpa(RAM), 0x10000}, {hpa(RAM + 0x100000), 0x8000}},
                             .memory_count = 2,
                             .reserved = {{hpa(RAM), 0x1001}, {hpa(RAM + 0x9000), 0x800}},
                             .reserved_count = 2};
}

static void expect_room(uint64_t image, uint64_t size, uint64_t at)
{
    struct platform p = machine();
    hpa_t found;
    assert_int_equal(memory_find_room(&p, (struct memory_range){hpa(image), 0x3000}, size, &found),
                     OK);
    assert_int_equal(found.a, at);
}

static void places_what_fits_after_the_image(void **state)
{
    expect_room(RAM + 0x4000, 0x2000, RAM + 0x7000);
    expect_room(RAM + 0x4000, 0x2001, RAM + 0xa000);   /* beyond what is reserved */
    expect_room(RAM + 0x4000, 0x6001, RAM + 0x100000); /* in the other range */
}

static void places_the_rest_below_the_image(void **state)
{
    expect_room(RAM + 0x105000, 0x2000, RAM + 0x2000); /* the image is at the end of memory */
    expect_room(RAM + 0x105000, 0x7000, RAM + 0x2000);
    expect_room(RAM + 0x3000, 0x1000, RAM + 0x6000);
    expect_room(UINT64_C(0x80200000), 0x7000, RAM + 0x2000); /* an image in none of it */
}

static void says_when_there_is_no_place(void **state)
{
    struct platform p = machine();
    struct memory_range image = {hpa(RAM + 0x4000), 0x3000};
    hpa_t at;
    assert_int_equal(memory_find_room(&p, image, 0x8001, &at), ERR_NO_MEMORY);
    assert_int_equal(memory_find_room(&p, image, UINT64_MAX, &at), ERR_NO_MEMORY);
    p.memory_count = 0;
    assert_int_equal(memory_find_room(&p, image, 1, &at), ERR_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_the_words_of_the_table_alone),
        cmocka_unit_test(leaves_an_image_that_is_where_it_is_linked_for),
        cmocka_unit_test(places_what_fits_after_the_image),
        cmocka_unit_test(places_the_rest_below_the_image),
        cmocka_unit_test(says_when_there_is_no_place),
    };
    return cmocka_run_group_tests_name("axhal-place", tests, NULL, NULL);
}
