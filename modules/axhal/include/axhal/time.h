/* Time is the time CSR's ticks; timebase_frequency() of them make a second. */
#pragma once
#include <axhal/arch/csr.h>
#include <axhal/hart.h>
#include <axhal/platform.h>
#include <stdint.h>

static inline uint64_t time_now(void)
{
    return csr_read_time();
}
static inline void hart_note_step(struct hart *hart, enum hart_step step)
{
    hart->step_time[step] = time_now();
}
static inline uint64_t time_ms_to_ticks(uint64_t ms)
{
    return ms * platform()->timebase / 1000;
}
static inline uint64_t time_us_to_ticks(uint64_t us)
{
    return us * platform()->timebase / 1000000;
}
