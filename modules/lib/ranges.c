/* See ranges.h. Sets are small and built once: each new range is compared with all others. */
#include <lib/addr.h>
#include <lib/assert.h>
#include <lib/ranges.h>
#include <stddef.h>

static uint64_t last_of(const struct range *range)
{
    return range->base + (range->size - 1);
}

static bool lies_in(const struct range *thing, const struct range *window)
{
    return window->kind == RANGE_WINDOW && thing->kind == RANGE_THING &&
           range_inside(thing->base, thing->size, window->base, window->size);
}

static bool is_clash(const struct range *a, const struct range *b)
{
    bool overlap = a->base <= last_of(b) && b->base <= last_of(a);
    return overlap && !lies_in(a, b) && !lies_in(b, a);
}

enum err ranges_add(struct ranges *set, struct range range, const struct range **other)
{
    if (range.size == 0 || last_of(&range) < range.base)
        return ERR_INVALID;
    ASSERT(set->count <= RANGES_MAX);
    for (uint32_t i = 0; i < set->count; i++) {
        if (!is_clash(&set->all[i], &range))
            continue;
        if (other != NULL)
            *other = &set->all[i];
        return ERR_EXISTS;
    }
    if (set->count == RANGES_MAX)
        return ERR_NO_MEMORY;
    set->all[set->count++] = range;
    return OK;
}

void ranges_drop_last(struct ranges *set)
{
    if (set->count != 0)
        set->all[--set->count] = (struct range){0};
}
