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
    if (value < HISTOGRAM_LINEAR)
        return (uint32_t)value;
    uint32_t shift = 64 - HISTOGRAM_LINEAR_BITS - (uint32_t)__builtin_clzll(value);
    return shift * HISTOGRAM_HALF + (uint32_t)(value >> shift);
}

/* The smallest value of a bucket; that of the next one is its end. */
static inline uint64_t histogram_lowest(uint32_t bucket)
{
    if (bucket < HISTOGRAM_LINEAR)
        return bucket;
    uint32_t shift = bucket / HISTOGRAM_HALF - 1;
    return (uint64_t)(bucket - shift * HISTOGRAM_HALF) << shift;
}
