#include <lib/chacha.h>
#include <stddef.h>
#include <string.h>

#define WORDS (CHACHA_BLOCK / 4)
#define DOUBLE_ROUNDS 10

static uint32_t rotate(uint32_t v, unsigned by)
{
    return v << by | v >> (32 - by);
}

/* RFC 8439 §2.1 */
static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate(*d ^ *a, 16);
    *c += *d;
    *b = rotate(*b ^ *c, 12);
    *a += *b;
    *d = rotate(*d ^ *a, 8);
    *c += *d;
    *b = rotate(*b ^ *c, 7);
}

/* The four columns, then the four diagonals. */
static void double_round(uint32_t s[WORDS])
{
    for (unsigned i = 0; i < 4; i++)
        quarter(&s[i], &s[4 + i], &s[8 + i], &s[12 + i]);
    for (unsigned i = 0; i < 4; i++)
        quarter(&s[i], &s[4 + (i + 1) % 4], &s[8 + (i + 2) % 4], &s[12 + (i + 3) % 4]);
}

void chacha_block(uint8_t out[CHACHA_BLOCK], const uint8_t key[CHACHA_KEY], uint32_t counter,
                  const uint32_t nonce[3])
{
    uint32_t before[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, after[WORDS];
    for (unsigned i = 0; i < CHACHA_KEY; i++)
        before[4 + i / 4] |= (uint32_t)key[i] << i % 4 * 8;
    before[12] = counter;
    memcpy(&before[13], nonce, 3 * sizeof *nonce);
    memcpy(after, before, sizeof before);
    for (unsigned i = 0; i < DOUBLE_ROUNDS; i++)
        double_round(after);
    for (unsigned i = 0; i < CHACHA_BLOCK; i++)
        out[i] = (uint8_t)((after[i / 4] + before[i / 4]) >> i % 4 * 8);
}
