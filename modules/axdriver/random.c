#include <axdriver/random.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <libfdt.h>

static struct spinlock lock = SPINLOCK("random");
static uint64_t state[2]; /* lock held: a Weyl counter, and what was mixed in */

/* A bijection of 64 bits in which each input bit changes half of the output's: two rounds of
 * xor-shift and an odd multiplier. */
static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    v = (v ^ v >> 29) * UINT64_C(0xD6E8FEB86659FD93);
    return v ^ v >> 32;
}

static void absorb(uint64_t value)
{
    state[0] = mix(state[0] ^ value);
    state[1] = mix(state[1] + state[0]);
}

void random_init(const void *fdt)
{
    int size = 0;
    int chosen = fdt_path_offset(fdt, "/chosen");
    const uint8_t *seed = chosen >= 0 ? fdt_getprop(fdt, chosen, "rng-seed", &size) : NULL;
    if (seed == NULL)
        log_info("random: no rng-seed in /chosen; guests' seeds come from the time alone");
    absorb(time_now());
    for (int i = 0; seed != NULL && i < size; i++)
        absorb(seed[i]);
}

static uint64_t next(void)
{
    state[0] += UINT64_C(0x9E3779B97F4A7C15);
    return mix(state[0] ^ state[1]);
}

void random_bytes(uint8_t *to, size_t count)
{
    uint64_t word = 0;
    spin_lock(&lock);
    absorb(time_now());
    for (size_t i = 0; i < count; i++) {
        if (i % sizeof word == 0)
            word = next();
        to[i] = (uint8_t)(word >> i % sizeof word * 8);
    }
    spin_unlock(&lock);
}
