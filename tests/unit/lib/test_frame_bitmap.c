#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <lib/frame_bitmap.h>
#include <stdbool.h>
#include <stdlib.h>

#define BASE UINT64_C(0x80000000)
#define FRAMES 1000 /* not a multiple of a word */

static uint64_t words[(FRAMES + 63) / 64];
static struct frame_bitmap map;

static int setup(void **state)
{
    assert_int_equal(frame_bitmap_bytes(FRAMES), sizeof words);
    frame_bitmap_init(&map, words, BASE, FRAMES);
    return 0;
}

static void test_first_fit_and_alignment(void **state)
{
    uint64_t a, b, c;
    assert_int_equal(frame_bitmap_take(&map, 3, PAGE_SIZE, &a), OK);
    assert_int_equal(a, BASE);
    assert_int_equal(frame_bitmap_take(&map, 4, 8 * PAGE_SIZE, &b), OK);
    assert_int_equal(b, BASE + 8 * PAGE_SIZE);
    assert_int_equal(frame_bitmap_take(&map, 5, PAGE_SIZE, &c), OK);
    assert_int_equal(c, BASE + 3 * PAGE_SIZE);
    assert_int_equal(map.free, FRAMES - 12);
}

static void test_the_largest_free_run(void **state)
{
    uint64_t a;
    assert_int_equal(frame_bitmap_largest(&map, PAGE_SIZE), FRAMES * PAGE_SIZE);
    frame_bitmap_reserve(&map, BASE + 100 * PAGE_SIZE, 1);
    frame_bitmap_reserve(&map, BASE + 640 * PAGE_SIZE, 1);
    assert_int_equal(frame_bitmap_largest(&map, PAGE_SIZE), 539 * PAGE_SIZE);
    assert_int_equal(frame_bitmap_largest(&map, SIZE_2M), 128 * PAGE_SIZE); /* from 512 on */
    assert_int_equal(frame_bitmap_take(&map, 540, PAGE_SIZE, &a), ERR_NO_MEMORY);
    assert_int_equal(frame_bitmap_take(&map, 539, PAGE_SIZE, &a), OK);
    assert_int_equal(frame_bitmap_largest(&map, PAGE_SIZE), 359 * PAGE_SIZE);
    frame_bitmap_reserve(&map, BASE, FRAMES);
    assert_int_equal(frame_bitmap_largest(&map, PAGE_SIZE), 0);
}

static void test_all_and_none(void **state)
{
    uint64_t a, b;
    assert_int_equal(frame_bitmap_take(&map, FRAMES, PAGE_SIZE, &a), OK);
    assert_int_equal(map.free, 0);
    assert_int_equal(frame_bitmap_take(&map, 1, PAGE_SIZE, &b), ERR_NO_MEMORY);
    assert_int_equal(frame_bitmap_release(&map, a, FRAMES), OK);
    assert_int_equal(map.free, FRAMES);
    assert_int_equal(frame_bitmap_take(&map, FRAMES + 1, PAGE_SIZE, &b), ERR_NO_MEMORY);
    assert_int_equal(frame_bitmap_take(&map, FRAMES, SIZE_1G, &b), OK);
}

static void test_wrong_arguments_change_nothing(void **state)
{
    uint64_t a;
    assert_int_equal(frame_bitmap_take(&map, 0, PAGE_SIZE, &a), ERR_INVALID);
    assert_int_equal(frame_bitmap_take(&map, 1, PAGE_SIZE / 2, &a), ERR_INVALID);
    assert_int_equal(frame_bitmap_take(&map, 1, 3 * PAGE_SIZE, &a), ERR_INVALID);
    assert_int_equal(frame_bitmap_release(&map, BASE, 1), ERR_INVALID);
    assert_int_equal(frame_bitmap_take(&map, 2, PAGE_SIZE, &a), OK);
    assert_int_equal(frame_bitmap_release(&map, a, 3), ERR_INVALID);
    assert_int_equal(frame_bitmap_release(&map, a + 1, 1), ERR_INVALID);
    assert_int_equal(frame_bitmap_release(&map, a, 0), ERR_INVALID);
    assert_int_equal(frame_bitmap_release(&map, BASE - PAGE_SIZE, 1), ERR_INVALID);
    assert_int_equal(frame_bitmap_release(&map, BASE + FRAMES * PAGE_SIZE, 1), ERR_INVALID);
    assert_int_equal(map.free, FRAMES - 2);
}

static void test_reserve_is_clipped_and_counts_once(void **state)
{
    uint64_t a;
    frame_bitmap_reserve(&map, BASE - 4 * PAGE_SIZE, 6);
    frame_bitmap_reserve(&map, BASE, 2);
    frame_bitmap_reserve(&map, BASE + (FRAMES - 1) * PAGE_SIZE, 100);
    frame_bitmap_reserve(&map, BASE + 2 * FRAMES * PAGE_SIZE, 5);
    assert_int_equal(map.free, FRAMES - 3);
    assert_int_equal(frame_bitmap_take(&map, 1, PAGE_SIZE, &a), OK);
    assert_int_equal(a, BASE + 2 * PAGE_SIZE);
}

static void test_a_map_at_the_end_of_the_address_space(void **state)
{
    uint64_t a;
    frame_bitmap_init(&map, words, -UINT64_C(64) * PAGE_SIZE, 63);
    assert_int_equal(frame_bitmap_take(&map, 1, SIZE_1G, &a), ERR_NO_MEMORY);
    assert_int_equal(frame_bitmap_take(&map, 63, PAGE_SIZE, &a), OK);
}

/* Against an array of flags, with runs of all lengths over word borders. */
static void test_random_runs(void **state)
{
    static bool taken[FRAMES];
    srand(1);
    for (unsigned round = 0; round < 20000; round++) {
        uint64_t count = (uint64_t)(rand() % 150 + 1), first = (uint64_t)(rand() % FRAMES), at;
        bool whole = first + count <= FRAMES;
        for (uint64_t i = first; whole && i < first + count; i++)
            whole = taken[i];
        enum err err = frame_bitmap_release(&map, BASE + first * PAGE_SIZE, count);
        assert_int_equal(err, whole ? OK : ERR_INVALID);
        for (uint64_t i = first; whole && i < first + count; i++)
            taken[i] = false;
        if (frame_bitmap_take(&map, count / 3 + 1, PAGE_SIZE << rand() % 4, &at) == OK) {
            for (uint64_t i = 0; i < count / 3 + 1; i++) {
                uint64_t frame = (at - BASE) / PAGE_SIZE + i;
                assert_false(taken[frame]);
                taken[frame] = true;
            }
        }
        uint64_t free_frames = 0;
        for (uint64_t i = 0; i < FRAMES; i++)
            free_frames += !taken[i];
        assert_int_equal(map.free, free_frames);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_fit_and_alignment),
        TEST(test_the_largest_free_run),
        TEST(test_all_and_none),
        TEST(test_wrong_arguments_change_nothing),
        TEST(test_reserve_is_clipped_and_counts_once),
        TEST(test_a_map_at_the_end_of_the_address_space),
        TEST(test_random_runs),
    };
    return cmocka_run_group_tests_name("lib/frame_bitmap", tests, NULL, NULL);
}
