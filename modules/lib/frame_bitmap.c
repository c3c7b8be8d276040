#include <lib/assert.h>
#include <lib/bits.h>
#include <lib/frame_bitmap.h>
#include <string.h>

#define WORD_BITS 64

size_t frame_bitmap_bytes(uint64_t frames)
{
    return (frames + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
}

void frame_bitmap_init(struct frame_bitmap *map, uint64_t *words, uint64_t base, uint64_t frames)
{
    ASSERT(is_aligned(base, PAGE_SIZE));
    ASSERT(is_aligned((uintptr_t)words, sizeof *words));
    *map = (struct frame_bitmap){.words = words, .base = base, .frames = frames, .free = frames};
    memset(words, 0, frame_bitmap_bytes(frames));
}

/* The bits of `word` that belong to frames first .. first+count-1. */
static uint64_t run_mask(uint64_t word, uint64_t first, uint64_t count)
{
    DEBUG_ASSERT(first < (word + 1) * WORD_BITS && word * WORD_BITS < first + count);
    uint64_t start = word * WORD_BITS;
    uint64_t from = first > start ? first - start : 0;
    uint64_t end = first + count - start;
    uint64_t upper = end >= WORD_BITS ? ~UINT64_C(0) : BIT(end) - 1;
    return upper & ~(BIT(from) - 1);
}

/* The last frame of the run that is taken (or, with `taken` false, free); -1 if none is. */
static int64_t last_in_run(const struct frame_bitmap *map, uint64_t first, uint64_t count,
                           bool taken)
{
    uint64_t low = first / WORD_BITS;
    for (uint64_t word = (first + count - 1) / WORD_BITS;; word--) {
        uint64_t bits =
            (taken ? map->words[word] : ~map->words[word]) & run_mask(word, first, count);
        if (bits != 0)
            return (int64_t)(word * WORD_BITS + 63 - (uint64_t)__builtin_clzll(bits));
        if (word == low)
            return -1;
    }
}

/* Whole words are the rule, and counting bits is slow on harts without Zbb. */
static uint64_t count_bits(uint64_t bits)
{
    if (bits == 0 || bits == UINT64_MAX)
        return bits & WORD_BITS;
    return (uint64_t)__builtin_popcountll(bits);
}

static void set_run(struct frame_bitmap *map, uint64_t first, uint64_t count, bool taken)
{
    ASSERT(count > 0 && range_inside(first, count, 0, map->frames));
    uint64_t last = (first + count - 1) / WORD_BITS;
    for (uint64_t word = first / WORD_BITS; word <= last; word++) {
        uint64_t mask = run_mask(word, first, count);
        uint64_t changed = (taken ? ~map->words[word] : map->words[word]) & mask;
        map->words[word] ^= changed;
        uint64_t n = count_bits(changed);
        map->free += taken ? -n : n;
    }
    ASSERT(map->free <= map->frames);
}

/* The first frame from `first` on that is free (or, with `taken`, taken); the number of frames:
 * none is. By words: what VMs have taken before must not cost the next one much. */
static uint64_t next_frame(const struct frame_bitmap *map, uint64_t first, bool taken)
{
    while (first < map->frames) {
        uint64_t word = map->words[first / WORD_BITS];
        uint64_t wanted = (taken ? word : ~word) >> first % WORD_BITS;
        if (wanted & 1)
            return first;
        first += wanted == 0 ? WORD_BITS - first % WORD_BITS : (uint64_t)__builtin_ctzll(wanted);
    }
    return map->frames;
}

enum err frame_bitmap_take(struct frame_bitmap *map, uint64_t count, uint64_t align, uint64_t *at)
{
    if (count == 0 || align < PAGE_SIZE || (align & (align - 1)) != 0)
        return ERR_INVALID;
    if (count > map->frames)
        return ERR_NO_MEMORY;
    uint64_t address = align_up(map->base, align);
    while (address >= map->base) { /* false once align_up has wrapped */
        uint64_t first = (address - map->base) / PAGE_SIZE;
        if (first > map->frames - count)
            return ERR_NO_MEMORY;
        int64_t obstacle = last_in_run(map, first, count, true);
        if (obstacle < 0) {
            set_run(map, first, count, true);
            *at = address;
            return OK;
        }
        address =
            align_up(map->base + next_frame(map, (uint64_t)obstacle + 1, false) * PAGE_SIZE, align);
    }
    return ERR_NO_MEMORY;
}

uint64_t frame_bitmap_largest(const struct frame_bitmap *map, uint64_t align)
{
    uint64_t largest = 0;
    for (uint64_t first = next_frame(map, 0, false), end; first < map->frames;
         first = next_frame(map, end, false)) {
        end = next_frame(map, first, true);
        uint64_t from = align_up(map->base + first * PAGE_SIZE, align);
        uint64_t to = map->base + end * PAGE_SIZE;
        if (from < to && to - from > largest)
            largest = to - from;
    }
    return largest;
}

enum err frame_bitmap_release(struct frame_bitmap *map, uint64_t at, uint64_t count)
{
    if (count == 0 || !is_aligned(at, PAGE_SIZE) || at < map->base)
        return ERR_INVALID;
    uint64_t first = (at - map->base) / PAGE_SIZE;
    if (!range_inside(first, count, 0, map->frames) || last_in_run(map, first, count, false) >= 0)
        return ERR_INVALID;
    set_run(map, first, count, false);
    return OK;
}

void frame_bitmap_reserve(struct frame_bitmap *map, uint64_t at, uint64_t count)
{
    uint64_t end = at + count * PAGE_SIZE;
    uint64_t limit = map->base + map->frames * PAGE_SIZE;
    uint64_t from = at > map->base ? align_down(at, PAGE_SIZE) : map->base;
    uint64_t to = end < limit ? align_up(end, PAGE_SIZE) : limit;
    if (from < to)
        set_run(map, (from - map->base) / PAGE_SIZE, (to - from) / PAGE_SIZE, true);
}
