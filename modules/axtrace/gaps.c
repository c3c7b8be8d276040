/* Gaps in the time that a hart sees: the error bar of every figure. */
#include <axalloc/heap.h>
#include <axhal/time.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include "parts.h"

static struct gaps *gaps[PLATFORM_MAX_HARTS]; /* by hart index; written by the hart */

const struct gaps *gaps_of_hart(uint32_t index)
{
    ASSERT(index < PLATFORM_MAX_HARTS);
    return gaps[index];
}

bool gaps_read(uint32_t hart_index, struct gaps_summary *summary)
{
    ASSERT(hart_index < PLATFORM_MAX_HARTS);
    const struct gaps *g = gaps[hart_index];
    if (g == NULL || g->count == 0)
        return false;
    *summary = (struct gaps_summary){g->count, g->sum, g->least, g->greatest};
    return true;
}

static void count_gap(struct gaps *g, uint64_t ticks)
{
    uint32_t bucket = histogram_bucket(ticks);
    g->buckets[bucket < ARRAY_SIZE(g->buckets) ? bucket : ARRAY_SIZE(g->buckets) - 1]++;
    g->sum += ticks;
    g->least = g->count == 0 || ticks < g->least ? ticks : g->least;
    g->greatest = ticks > g->greatest ? ticks : g->greatest;
    g->count++;
}

enum err gaps_sample(uint64_t ticks)
{
    struct gaps **own = &gaps[this_hart()->index];
    if (*own == NULL && (*own = heap_alloc(sizeof **own)) == NULL)
        return ERR_NO_MEMORY;
    uint64_t start = time_now(), now = start;
    while (now - start < ticks) {
        uint64_t next = time_now();
        uint64_t gap = next - now;
        count_gap(*own, gap);
        now = time_now(); /* what counting took is no gap */
    }
    return OK;
}
