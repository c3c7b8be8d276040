/*
 * A key that each use replaces by a one-way function of itself: a reader of its output
 * learns neither the host's own seed nor what others got or will get.
 */
#include <axdriver/random.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <lib/chacha.h>
#include <string.h>

/* The nonce says what a block is for. */
static const uint32_t for_key[3] = {1}, for_output[3] = {2}, for_pinned[3] = {3};

static struct spinlock lock = SPINLOCK("random");
static uint8_t key[CHACHA_KEY]; /* lock held */

/* lock held */
static void renew_key(void)
{
    spin_debug_assert_held(&lock);
    uint8_t block[CHACHA_BLOCK];
    chacha_block(block, key, 0, for_key);
    memcpy(key, block, sizeof key);
}

/* lock held; `size` is at most CHACHA_KEY */
static void absorb(const void *data, size_t size)
{
    spin_debug_assert_held(&lock);
    ASSERT(size <= CHACHA_KEY);
    for (size_t i = 0; i < size; i++)
        key[i] ^= ((const uint8_t *)data)[i];
    renew_key();
}

static void absorb_time(void)
{
    uint64_t now = time_now();
    absorb(&now, sizeof now);
}

void random_init(struct tree_value seed)
{
    if (seed.data == NULL)
        log_info("random: no rng-seed in /chosen; guests' seeds come from the time alone");
    spin_lock(&lock);
    absorb_time();
    for (uint32_t at = 0; seed.data != NULL && at < seed.size; at += CHACHA_KEY)
        absorb((const char *)seed.data + at,
               seed.size - at < CHACHA_KEY ? seed.size - at : CHACHA_KEY);
    spin_unlock(&lock);
}

static void stream(uint8_t *to, size_t count, const uint8_t *from, const uint32_t *nonce)
{
    uint8_t block[CHACHA_BLOCK];
    for (size_t i = 0; i < count; i++) {
        if (i % CHACHA_BLOCK == 0)
            chacha_block(block, from, (uint32_t)(i / CHACHA_BLOCK), nonce);
        to[i] = block[i % CHACHA_BLOCK];
    }
}

void random_bytes(uint8_t *to, size_t count)
{
    spin_lock(&lock);
    absorb_time();
    stream(to, count, key, for_output);
    renew_key();
    spin_unlock(&lock);
}

void random_pinned(uint64_t seed, uint64_t nth, uint8_t *to, size_t count)
{
    uint64_t own[CHACHA_KEY / sizeof(uint64_t)] = {seed, nth};
    stream(to, count, (const uint8_t *)own, for_pinned);
}
