/*
 * One bitmap a range of memory that the device tree names. The image, the bitmaps and what the
 * firmware reserves are taken from the start.
 */
#include <axalloc/frames.h>
#include <axalloc/init.h>
#include <axhal/image.h>
#include <axhal/memory.h>
#include <axhal/panic.h>
#include <axhal/room.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <lib/frame_bitmap.h>
#include <string.h>

static struct spinlock lock = SPINLOCK("frames");
static struct frame_bitmap maps[PLATFORM_MAX_MEMORY]; /* lock held */
static uint32_t map_count;
static uint64_t at_start; /* bytes */

/* Whole frames of a range; 0 if it ends before its first one does. */
static uint64_t frames_in(const struct memory_range *range)
{
    uint64_t base = align_up(range->base.a, PAGE_SIZE);
    uint64_t end = align_down(range->base.a + range->size, PAGE_SIZE);
    return end > base ? (end - base) / PAGE_SIZE : 0;
}

static uint64_t *place_bitmap(uint64_t *words, const struct memory_range *range)
{
    uint64_t frames = frames_in(range);
    ASSERT(map_count < PLATFORM_MAX_MEMORY);
    frame_bitmap_init(&maps[map_count++], words, align_up(range->base.a, PAGE_SIZE), frames);
    return words + frame_bitmap_bytes(frames) / sizeof *words;
}

uint64_t frames_bitmap_bytes(const struct platform *p)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < p->memory_count; i++)
        bytes += frame_bitmap_bytes(frames_in(&p->memory[i]));
    return bytes;
}

static void reserve(uint64_t base, uint64_t size)
{
    uint64_t start = align_down(base, PAGE_SIZE);
    for (uint32_t i = 0; i < map_count; i++)
        frame_bitmap_reserve(&maps[i], start,
                             (align_up(base + size, PAGE_SIZE) - start) / PAGE_SIZE);
}

void frames_init(const struct platform *p)
{
    uint64_t size = frames_bitmap_bytes(p);
    hpa_t bitmaps;
    if (memory_find_room(p, image_range(), size, &bitmaps) != OK)
        panic("/memory: no free place of %lu bytes in it for the host's lists of pages: the initrd "
              "has 0x%lx bytes at 0x%lx, and there are %u reserved ranges",
              (unsigned long)size, (unsigned long)p->initrd.size, (unsigned long)p->initrd.base.a,
              p->reserved_count);
    frames_fill(p, image_range(), bitmaps, hpa_to_ptr(bitmaps));
}

void frames_fill(const struct platform *p, struct memory_range image, hpa_t bitmaps,
                 uint64_t *words)
{
    ASSERT(map_count == 0); /* once */
    for (uint32_t i = 0; i < p->memory_count; i++)
        words = place_bitmap(words, &p->memory[i]);
    reserve(image.base.a, image.size);
    reserve(bitmaps.a, frames_bitmap_bytes(p));
    for (uint32_t i = 0; i < p->reserved_count; i++)
        reserve(p->reserved[i].base.a, p->reserved[i].size);
    at_start = frames_free_bytes();
}

uint64_t frames_at_start(void)
{
    return at_start;
}

enum err frames_alloc(uint64_t size, uint64_t align, hpa_t *out)
{
    enum err err = ERR_NO_MEMORY;
    spin_lock(&lock);
    for (uint32_t i = 0; i < map_count && err == ERR_NO_MEMORY; i++)
        err = frame_bitmap_take(&maps[i], align_up(size, PAGE_SIZE) / PAGE_SIZE, align, &out->a);
    spin_unlock(&lock);
    ASSERT(err != OK || is_aligned(out->a, align));
    return err;
}

enum err frames_alloc_zeroed(uint64_t size, uint64_t align, hpa_t *out)
{
    enum err err = frames_alloc(size, align, out);
    if (err == OK)
        memset(hpa_to_ptr(*out), 0, align_up(size, PAGE_SIZE));
    return err;
}

void frames_free(hpa_t at, uint64_t size)
{
    enum err err = ERR_INVALID;
    spin_lock(&lock);
    for (uint32_t i = 0; i < map_count && err != OK; i++)
        err = frame_bitmap_release(&maps[i], at.a, align_up(size, PAGE_SIZE) / PAGE_SIZE);
    spin_unlock(&lock);
    if (err != OK)
        panic("frames_free: 0x%lx + 0x%lx is not wholly taken", (unsigned long)at.a,
              (unsigned long)size);
}

uint64_t frames_free_bytes(void)
{
    uint64_t frames = 0;
    spin_lock(&lock);
    for (uint32_t i = 0; i < map_count; i++)
        frames += maps[i].free;
    spin_unlock(&lock);
    return frames * PAGE_SIZE;
}

uint64_t frames_largest_bytes(uint64_t align)
{
    uint64_t largest = 0;
    spin_lock(&lock);
    for (uint32_t i = 0; i < map_count; i++) {
        uint64_t bytes = frame_bitmap_largest(&maps[i], align);
        largest = bytes > largest ? bytes : largest;
    }
    spin_unlock(&lock);
    return largest;
}
