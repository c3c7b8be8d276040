#include <axdriver/clock.h>
#include <axdriver/hardware.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <lib/assert.h>

#define NS_PER_S UINT64_C(1000000000)
#define RTC_TIME_LOW 0x00 /* reading it latches the high half */
#define RTC_TIME_HIGH 0x04

static uint64_t wall_at_start; /* ns */

/* In two steps: ticks * 1e9 would overflow after half an hour. */
static uint64_t ns_since_start(void)
{
    uint64_t frequency = platform()->timebase, ticks = time_now();
    return ticks / frequency * NS_PER_S + ticks % frequency * NS_PER_S / frequency;
}

void clock_init(const void *fdt)
{
    hpa_t rtc = hardware_of_machine(fdt)->rtc;
    if (rtc.a == 0 || paging_map_device(rtc, PAGE_SIZE) != OK) {
        log_warn("clock: no goldfish RTC that can be read; the time begins at 1970");
        return;
    }
    uint64_t low = io_read32((uintptr_t)rtc.a + RTC_TIME_LOW);
    uint64_t now = (uint64_t)io_read32((uintptr_t)rtc.a + RTC_TIME_HIGH) << 32 | low;
    wall_at_start = now - ns_since_start();
}

uint64_t clock_wall_ns(void)
{
    DEBUG_ASSERT(platform()->timebase != 0);
    return wall_at_start + ns_since_start();
}

uint64_t clock_tick_at(uint64_t wall_ns)
{
    if (wall_ns <= wall_at_start)
        return 0;
    uint64_t frequency = platform()->timebase, ns = wall_ns - wall_at_start;
    uint64_t seconds = ns / NS_PER_S, rest = ns % NS_PER_S;
    if (seconds >= UINT64_MAX / frequency)
        return UINT64_MAX;
    return seconds * frequency + (rest * frequency + NS_PER_S - 1) / NS_PER_S;
}
