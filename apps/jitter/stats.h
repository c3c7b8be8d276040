/* Percentiles of stored samples. Pure: also built for the build machine. */
#pragma once
#include <stddef.h>
#include <stdint.h>

void stats_sort(uint64_t *samples, size_t count);

/*
 * The nearest-rank percentile: the smallest sample that at least `percent` of 100 samples do not
 * exceed. 0 is the minimum, 100 the maximum. `sorted` is in rising order, count is not 0.
 */
uint64_t stats_percentile(const uint64_t *sorted, size_t count, unsigned percent);
