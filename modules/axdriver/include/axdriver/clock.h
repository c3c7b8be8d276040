/*
 * Wall-clock time. The host's goldfish RTC gives it once at boot, the time CSR carries it on;
 * without an RTC it begins at 1970.
 */
#pragma once
#include <stdint.h>

/* Boot hart, once, after paging_enable(). */
void clock_init(const void *fdt);
/* Nanoseconds since 1970-01-01 UTC. Any hart. */
uint64_t clock_wall_ns(void);
/* The tick of the time CSR at which clock_wall_ns() will be `wall_ns` or more; UINT64_MAX if that
 * is beyond what the CSR can count. */
uint64_t clock_tick_at(uint64_t wall_ns);
