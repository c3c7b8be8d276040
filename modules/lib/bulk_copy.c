#include <lib/bulk_copy.h>
#include <stdint.h>
#include <string.h>

#define WORD sizeof(uint64_t)
#define BLOCK 8 /* words */

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
 * `from` is `skew` bytes (1 .. 7) beyond a word; `to` is aligned. Each word is put together from
 * the two that it lies in (little-endian). Reads the words around, never beyond the one that the
 * last byte lies in.
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
    size_t head = -(uintptr_t)to % WORD;
    if (size < 2 * WORD + head) {
        memcpy(to, from, size);
        return;
    }
    memcpy(to, from, head);
    char *target = (char *)to + head;
    const char *source = (const char *)from + head;
    size_t words = (size - head) / WORD, skew = (uintptr_t)source % WORD;
    if (skew == 0)
        copy_aligned((uint64_t *)target, (const uint64_t *)source, words);
    else
        /* the last word would read beyond the source, where the rest is shorter than the skew */
        copy_skewed((uint64_t *)target, (const uint64_t *)(source - skew), skew, --words);
    size_t done = words * WORD;
    memcpy(target + done, source + done, size - head - done);
}
