/* Percentiles of stored samples; see stats.h. */
#include "stats.h"

/* Insertion: a thousand samples, most of them equal. */
void stats_sort(uint64_t *samples, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t sample = samples[i];
        size_t at = i;
        for (; at > 0 && samples[at - 1] > sample; at--)
            samples[at] = samples[at - 1];
        samples[at] = sample;
    }
}

uint64_t stats_percentile(const uint64_t *sorted, size_t count, unsigned percent)
{
    size_t rank = (count * percent + 99) / 100;
    return sorted[rank > 0 ? rank - 1 : 0];
}
