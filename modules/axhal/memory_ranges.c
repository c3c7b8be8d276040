#include "memory_ranges.h"
#include <lib/assert.h>
#include <string.h>

static uint64_t end_of(uint64_t base, uint64_t size)
{
    return size <= UINT64_MAX - base ? base + size : UINT64_MAX;
}

static uint64_t range_end(const struct memory_range *range)
{
    return range->base.a + range->size;
}

/* Replaces the `count` ranges from `first` on by one. */
static bool replace(const struct range_list *list, uint32_t first, uint32_t count,
                    struct memory_range by)
{
    ASSERT(first + count <= *list->count && *list->count <= list->room);
    if (count == 0 && *list->count == list->room)
        return false;
    memmove(&list->at[first + 1], &list->at[first + count],
            (*list->count - first - count) * sizeof(list->at[0]));
    list->at[first] = by;
    *list->count += 1 - count;
    return true;
}

bool memory_ranges_add(const struct range_list *list, uint64_t base, uint64_t size)
{
    uint64_t end = end_of(base, size);
    uint32_t first = 0, count = 0;
    if (size == 0)
        return true;
    while (first < *list->count && range_end(&list->at[first]) < base)
        first++;
    for (; first + count < *list->count && list->at[first + count].base.a <= end; count++) {
        const struct memory_range *touched = &list->at[first + count];
        base = touched->base.a < base ? touched->base.a : base;
        end = range_end(touched) > end ? range_end(touched) : end;
    }
    return replace(list, first, count, (struct memory_range){hpa(base), end - base});
}

bool memory_ranges_add_within(const struct range_list *list, uint64_t base, uint64_t size,
                              const struct memory_range *within, uint32_t within_count)
{
    uint64_t end = end_of(base, size);
    bool fits = true;
    for (uint32_t i = 0; fits && i < within_count; i++) {
        uint64_t from = within[i].base.a > base ? within[i].base.a : base;
        uint64_t to = range_end(&within[i]) < end ? range_end(&within[i]) : end;
        if (from < to)
            fits = memory_ranges_add(list, from, to - from);
    }
    return fits;
}
