/* memory-stream: writes 8 MiB, copies them, and reads both, without an end. */
#include "../aggressor.h"

#define SIZE (UINT64_C(8) << 20)
#define WORDS (SIZE / sizeof(uint64_t))
#define STRIDE UINT64_C(0x9e3779b97f4a7c15)

static volatile uint64_t *source, *target;

static void prepare(void)
{
    uint64_t base = machine_free_ram(&machine, 2 * SIZE);
    if (base == 0)
        fail("needs 16 MiB of RAM after its image");
    source = (volatile uint64_t *)base;
    target = source + WORDS;
}

static void run_round(uint64_t n)
{
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < WORDS; i++)
        source[i] = (n + i) * STRIDE;
    for (uint64_t i = 0; i < WORDS; i++)
        target[i] = source[i];
    for (uint64_t i = 0; i < WORDS; i++)
        wrong += source[i] != (n + i) * STRIDE || target[i] != source[i];
    check("words that are not as written", wrong, 0);
    aggressor_did(2 * SIZE >> 20);
}

const struct aggressor aggressor = {
    .name = "memory-stream", .work = "MiB written", .prepare = prepare, .round = run_round};
