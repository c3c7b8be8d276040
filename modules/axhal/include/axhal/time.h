/* Time is the time CSR's ticks; timebase_frequency() of them make a second. */
#pragma once
#include <axhal/arch/csr.h>
#include <axhal/platform.h>
#include <stdint.h>

static inline uint64_t time_now(void)
{
    return csr_read_time();
}
static inline uint64_t time_ms_to_ticks(uint64_t ms)
{
    return ms * platform()->timebase / 1000;
}
