#include <axdriver/clock.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include "tree.h"

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

static void visit(const struct tree_node *node, void *context)
{
    hpa_t base;
    uint64_t size;
    if (!node->enabled || !node->reachable || !tree_is_compatible(node, "google,goldfish-rtc") ||
        !tree_reg(node, 0, &base, &size) || paging_map_device(base, size) != OK)
        return;
    uint64_t low = io_read32((uintptr_t)base.a + RTC_TIME_LOW);
    uint64_t now = (uint64_t)io_read32((uintptr_t)base.a + RTC_TIME_HIGH) << 32 | low;
    *(uint64_t *)context = now - ns_since_start();
}

void clock_init(const void *fdt)
{
    if (tree_walk(fdt, visit, &wall_at_start) != OK)
        log_warn("clock: the device tree can't be read; the time begins at 1970");
}

uint64_t clock_wall_ns(void)
{
    return wall_at_start + ns_since_start();
}
