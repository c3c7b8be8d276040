/* See lateness.h. */
#include "lateness.h"
#include <string.h>

#define LARGEST ((UINT64_C(1) << LATENESS_BITS) - 1)

void lateness_clear(struct lateness *l)
{
    memset(l, 0, sizeof *l);
    l->min = UINT64_MAX;
}

void lateness_add(struct lateness *l, uint64_t ticks)
{
    l->count++;
    l->min = ticks < l->min ? ticks : l->min;
    l->max = ticks > l->max ? ticks : l->max;
    l->buckets[histogram_bucket(ticks < LARGEST ? ticks : LARGEST)]++;
}

uint64_t lateness_percentile(const struct lateness *l, unsigned percent)
{
    uint64_t rank = (l->count * percent + 99) / 100, seen = 0;
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS(LATENESS_BITS); bucket++) {
        seen += l->buckets[bucket];
        if (seen > 0 && seen >= rank) {
            uint64_t largest = histogram_lowest(bucket + 1) - 1;
            return largest < l->max ? largest : l->max;
        }
    }
    return 0;
}
