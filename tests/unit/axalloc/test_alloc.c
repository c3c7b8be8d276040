#include "axsync/fake_panic.h"
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axalloc/init.h>
#include <axhal/arch/layout.h>
#include <axhal/hart.h>
#include <axhal/memory.h>
#include <stdio.h>
#include <string.h>

#define PAGES 64
#define MEMORY ((uintptr_t)fake_memory)
/* After the image comes the bitmap: one page holds it. */
#define TAKEN (FAKE_IMAGE_SIZE + PAGE_SIZE)

static char fake_memory[PAGES * PAGE_SIZE] __attribute__((aligned(65536)));
static struct hart hart;

/* axalloc is made once: the cases share it, in order. */
static struct platform machine(void)
{
    return (struct platform){
        .memory = {{hpa(MEMORY), PAGES * PAGE_SIZE}, {hpa(0x7ff), 0x10}},
        .memory_count = 2,                                   /* the second has no whole frame */
        .reserved = {{hpa(MEMORY + 60 * PAGE_SIZE + 1), 2}}, /* costs its whole frame */
        .reserved_count = 1};
}

static void refuses_a_machine_without_room_for_it(void **state)
{
    struct platform p = machine();
    p.reserved[0] = (struct memory_range){hpa(MEMORY), PAGES * PAGE_SIZE - 7};
    p.initrd = (struct memory_range){hpa(0x4000), 0x300};
    ASSERT_PANICS("/memory: no free place of 8 bytes in it for the host's lists of pages: the "
                  "initrd has 0x300 bytes at 0x4000, and there are 1 reserved ranges",
                  frames_init(&p));
}

static void keeps_image_bitmaps_and_reserved(void **state)
{
    struct platform p = machine();
    frames_init(&p);
    assert_int_equal(frames_free_bytes(), PAGES * PAGE_SIZE - TAKEN - PAGE_SIZE);
    hpa_t at;
    uint64_t seen = 0;
    while (frames_alloc(1, PAGE_SIZE, &at) == OK) {
        assert_in_range(at.a, MEMORY + TAKEN, MEMORY + (PAGES - 1) * PAGE_SIZE);
        assert_int_not_equal(at.a, MEMORY + 60 * PAGE_SIZE);
        seen++;
    }
    assert_int_equal(seen, PAGES - TAKEN / PAGE_SIZE - 1);
    assert_int_equal(frames_free_bytes(), 0);
    assert_null(heap_alloc(16));
    assert_null(heap_alloc(2 * PAGE_SIZE));
    for (uint64_t i = TAKEN / PAGE_SIZE; i < PAGES; i++)
        if (i != 60)
            frames_free(hpa(MEMORY + i * PAGE_SIZE), PAGE_SIZE);
}

static void gives_aligned_and_zeroed_frames(void **state)
{
    hpa_t at;
    memset(fake_memory + TAKEN, 0xff, sizeof fake_memory - TAKEN);
    assert_int_equal(frames_alloc_zeroed(2 * PAGE_SIZE + 1, 8 * PAGE_SIZE, &at), OK);
    assert_true(is_aligned(at.a, 8 * PAGE_SIZE));
    for (unsigned i = 0; i < 3 * PAGE_SIZE; i++)
        assert_int_equal(((char *)hpa_to_ptr(at))[i], 0);
    frames_free(at, 2 * PAGE_SIZE + 1);
    assert_int_equal(frames_alloc(PAGE_SIZE, 3 * PAGE_SIZE, &at), ERR_INVALID);
    assert_int_equal(frames_alloc(0, PAGE_SIZE, &at), ERR_INVALID);
    assert_int_equal(frames_alloc(PAGES * PAGE_SIZE, PAGE_SIZE, &at), ERR_NO_MEMORY);
}

static void panics_when_a_free_frame_is_freed(void **state)
{
    hpa_t at;
    char expected[160];
    assert_int_equal(frames_alloc(PAGE_SIZE, PAGE_SIZE, &at), OK);
    frames_free(at, PAGE_SIZE);
    uint64_t before = frames_free_bytes();
    snprintf(expected, sizeof expected, "frames_free: 0x%lx + 0x1000 is not wholly taken", at.a);
    ASSERT_PANICS(expected, frames_free(at, PAGE_SIZE));
    ASSERT_PANICS("frames_free: 0x0 + 0x1000 is not wholly taken", frames_free(hpa(0), PAGE_SIZE));
    assert_int_equal(frames_free_bytes(), before);
}

static void gives_objects_of_their_class(void **state)
{
    static const struct {
        size_t size, class;
    } cases[] = {{0, 16},    {1, 16},    {16, 16},     {17, 32},     {100, 128},
                 {128, 128}, {129, 256}, {2047, 2048}, {2048, 2048}, {2049, 4096}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *object = heap_alloc(cases[i].size);
        assert_non_null(object);
        assert_true(is_aligned((uintptr_t)object, cases[i].class));
        heap_free(object, cases[i].size);
    }
}

static void zeroes_what_was_used_before(void **state)
{
    static const char zeros[100];
    char *object = heap_alloc(100);
    memset(object, 0xff, 100);
    heap_free(object, 100);
    char *again = heap_alloc(100);
    assert_ptr_equal(again, object);
    assert_memory_equal(again, zeros, 100);
    heap_free(again, 100);
}

static void gives_objects_that_do_not_overlap(void **state)
{
    char *objects[100]; /* more than one page of them */
    for (unsigned i = 0; i < 100; i++) {
        objects[i] = heap_alloc(64);
        memset(objects[i], (int)i, 64);
    }
    for (unsigned i = 0; i < 100; i++) {
        for (unsigned at = 0; at < 64; at++)
            assert_int_equal(objects[i][at], i);
        heap_free(objects[i], 64);
    }
    uint64_t before = frames_free_bytes();
    for (unsigned i = 0; i < 100; i++)
        assert_non_null(objects[i] = heap_alloc(64));
    assert_int_equal(frames_free_bytes(), before); /* the freed ones came back */
    for (unsigned i = 0; i < 100; i++)
        heap_free(objects[i], 64);
}

static void gives_large_objects_back_to_the_frames(void **state)
{
    uint64_t before = frames_free_bytes();
    void *object = heap_alloc(3 * PAGE_SIZE);
    assert_int_equal(frames_free_bytes(), before - 3 * PAGE_SIZE);
    heap_free(object, 3 * PAGE_SIZE);
    heap_free(NULL, 3 * PAGE_SIZE);
    assert_int_equal(frames_free_bytes(), before);
}

static uint64_t all_free(void)
{
    return frames_free_bytes() + heap_free_bytes();
}

/* To the byte, also where a class has just begun its first page. */
static void accounts_for_every_byte(void **state)
{
    static const size_t sizes[] = {1, 16, 300, 2048, 2049, 3 * PAGE_SIZE};
    void *objects[sizeof sizes / sizeof *sizes];
    uint64_t before = all_free();
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_non_null(objects[i] = heap_alloc(sizes[i]));
    assert_int_equal(all_free(), before - (16 + 16 + 512 + 2048 + 4096 + 3 * PAGE_SIZE));
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        heap_free(objects[i], sizes[i]);
    assert_int_equal(all_free(), before);
}

int main(void)
{
    fake_hart = &hart;
    fake_image = fake_memory;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_machine_without_room_for_it),
        cmocka_unit_test(keeps_image_bitmaps_and_reserved),
        cmocka_unit_test(gives_aligned_and_zeroed_frames),
        cmocka_unit_test(gives_objects_of_their_class),
        cmocka_unit_test(zeroes_what_was_used_before),
        cmocka_unit_test(gives_objects_that_do_not_overlap),
        cmocka_unit_test(gives_large_objects_back_to_the_frames),
        cmocka_unit_test(accounts_for_every_byte),
        cmocka_unit_test(panics_when_a_free_frame_is_freed),
    };
    return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
