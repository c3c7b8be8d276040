/*
 * Words that one hart writes and others may read at any time: whole loads and stores that the
 * compiler neither splits, repeats nor leaves out. They order nothing. (As relaxed atomics they
 * would be the same, but GCC 12 makes each such store an amoswap.)
 */
#pragma once
#include <stdint.h>

static inline uint64_t read_once(const uint64_t *from)
{
    return *(const volatile uint64_t *)from;
}

static inline void write_once(uint64_t *to, uint64_t value)
{
    *(volatile uint64_t *)to = value;
}

static inline void write_once32(uint32_t *to, uint32_t value)
{
    *(volatile uint32_t *)to = value;
}

static inline uint32_t read_once32(const uint32_t *from)
{
    return *(const volatile uint32_t *)from;
}
