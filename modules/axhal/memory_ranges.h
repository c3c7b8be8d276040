/* Ranges of addresses, sorted and apart: one that touches others is joined with them. */
#pragma once
#include <axhal/platform.h>

struct range_list {
    struct memory_range *at;
    uint32_t *count;
    uint32_t room;
};

/* A range of size 0 is none; one beyond the last address ends there. False: there is no room. */
bool memory_ranges_add(const struct range_list *list, uint64_t base, uint64_t size);
/* Adds what of the range lies inside `within`. */
bool memory_ranges_add_within(const struct range_list *list, uint64_t base, uint64_t size,
                              const struct memory_range *within, uint32_t within_count);
