/*
 * A histogram as rows of characters, and its percentiles. Pure. Few buckets have a row each, many
 * are merged to a row for each power of two.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define BARS_FEW 24 /* buckets that have rows of their own */
#define BARS_ROWS 72
#define BARS_WIDTH 40 /* characters of the longest bar */
#define BARS_PERCENTILES 4

extern const char *const bars_percentile_names[BARS_PERCENTILES]; /* "50 %" … */

struct bar {
    uint64_t lowest, highest, count;
};

struct bars {
    bool merged;
    uint32_t rows;
    struct bar row[BARS_ROWS];
    uint64_t total, seen;
    /* The highest value of the bucket that so many of all values lie in or below. */
    uint64_t percentile[BARS_PERCENTILES];
};

/* `buckets` of them will be added, which hold `total` values: roughly, both may have grown since.
 */
void bars_begin(struct bars *bars, uint32_t buckets, uint64_t total);
/* In ascending order; count is not 0. */
void bars_add(struct bars *bars, uint64_t lowest, uint64_t highest, uint64_t count);
/* The length of a row's bar: 1 to BARS_WIDTH. */
uint32_t bars_length(const struct bars *bars, uint32_t row);
