#include <lib/bulk.h>

#define WORD sizeof(uint64_t)
#define BLOCK 8 /* words */

static void copy_bytes(char *to, const char *from, size_t size)
{
    while (size-- > 0)
        *to++ = *from++;
}

static void copy_aligned(uint64_t *to, const uint64_t *from, size_t words)
{
    for (; words >= BLOCK; words -= BLOCK, to += BLOCK, from += BLOCK) {
        uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
        uint64_t e = from[4], f = from[5], g = from[6], h = from[7];
        to[0] = a, to[1] = b, to[2] = c, to[3] = d;
        to[4] = e, to[5] = f, to[6] = g, to[7] = h;
    }
    for (; words > 0; words--)
        *to++ = *from++;
}

/*
 * The source begins `skew` bytes (1 .. 7) into `around`; `to` is aligned. Each word is put together
 * from the two that it lies in (little-endian). No word is read that the source has no byte in.
 */
static void copy_skewed(uint64_t *to, const uint64_t *around, size_t skew, size_t words)
{
    unsigned low = (unsigned)skew * 8, high = 64 - low;
    uint64_t word = *around++;
    for (; words > 0; words--) {
        uint64_t next = *around++;
        *to++ = word >> low | next << high;
        word = next;
    }
}

void bulk_copy(void *to, const void *from, size_t size)
{
    char *target = to;
    const char *source = from;
    size_t head = -(uintptr_t)to % WORD;
    if (size >= 2 * WORD + head) {
        copy_bytes(target, source, head);
        target += head, source += head, size -= head;
        size_t words = size / WORD, skew = (uintptr_t)source % WORD;
        if (skew == 0)
            copy_aligned((uint64_t *)target, (const uint64_t *)source, words);
        else
            copy_skewed((uint64_t *)target, (const uint64_t *)(source - skew), skew, words);
        target += words * WORD, source += words * WORD, size -= words * WORD;
    }
    copy_bytes(target, source, size);
}

static void fill_words(uint64_t *to, uint64_t word, size_t words)
{
    for (; words >= BLOCK; words -= BLOCK, to += BLOCK) {
        to[0] = word, to[1] = word, to[2] = word, to[3] = word;
        to[4] = word, to[5] = word, to[6] = word, to[7] = word;
    }
    for (; words > 0; words--)
        *to++ = word;
}

static void fill_bytes(char *to, uint8_t byte, size_t size)
{
    while (size-- > 0)
        *to++ = (char)byte;
}

void bulk_fill(void *to, uint8_t byte, size_t size)
{
    char *target = to;
    size_t head = -(uintptr_t)to % WORD;
    if (size >= WORD + head) {
        fill_bytes(target, byte, head);
        target += head, size -= head;
        size_t words = size / WORD;
        fill_words((uint64_t *)target, byte * (UINT64_MAX / UINT8_MAX), words);
        target += words * WORD, size -= words * WORD;
    }
    fill_bytes(target, byte, size);
}
