/*
 * The log-linear layout of HdrHistogram's with two significant digits: every value below 256 has a
 * bucket of its own, and each further power of two is split into 128 buckets, so a bucket is never
 * wider than 1/128 of the values in it.
 */
#pragma once
#include <stdint.h>

#define HISTOGRAM_LINEAR_BITS 8
#define HISTOGRAM_LINEAR (1U << HISTOGRAM_LINEAR_BITS)
#define HISTOGRAM_HALF (HISTOGRAM_LINEAR / 2)
/* Buckets for all values below 2^bits. */
#define HISTOGRAM_BUCKETS(bits) (HISTOGRAM_LINEAR + ((bits)-HISTOGRAM_LINEAR_BITS) * HISTOGRAM_HALF)

/* The bucket of a value. */
static inline uint32_t histogram_bucket(uint64_t value)
{
    uint32_t shift = 0;
    /* Mostly once or twice: less than a count of zeros costs where there is no Zbb. */
    for (; value >= HISTOGRAM_LINEAR; value >>= 1)
        shift++;
    return shift * HISTOGRAM_HALF + (uint32_t)value;
}

/* The smallest value of a bucket; that of the next one is its end. */
static inline uint64_t histogram_lowest(uint32_t bucket)
{
    if (bucket < HISTOGRAM_LINEAR)
        return bucket;
    uint32_t shift = bucket / HISTOGRAM_HALF - 1;
    return (uint64_t)(bucket - shift * HISTOGRAM_HALF) << shift;
}
