/* How late each period began: a histogram, which takes the same time for each sample. */
#pragma once
#include <lib/histogram.h>

#define LATENESS_BITS 24 /* later than 2^24 ticks counts as that */

struct lateness {
    uint64_t count, min, max; /* min and max of no sample: UINT64_MAX and 0 */
    uint32_t buckets[HISTOGRAM_BUCKETS(LATENESS_BITS)];
};

void lateness_clear(struct lateness *l);
/* Adds a sample, in ticks. */
void lateness_add(struct lateness *l, uint64_t ticks);
/* A value in ticks that `percent` of 100 samples are not above: exact below 256, from there on up
 * to 1/128 more, and never above the maximum. 0 of no sample. */
uint64_t lateness_percentile(const struct lateness *l, unsigned percent);
