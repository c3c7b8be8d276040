/*
 * What surrounds the latest timers. A ring turns over in milliseconds where a guest exits all the
 * time, and the timer that a user looks for is in the first minute of an hour: so the newest
 * records of the ring are copied when one of the latest timers comes.
 */
#include <lib/assert.h>
#include <lib/bits.h>
#include "parts.h"

#define WINDOWS 8      /* a hart's, of its latest timers */
#define WINDOW_SIZE 32 /* records, the event `late` the last */

struct window {
    uint64_t ticks; /* that the timer was late; 0: the window is free */
    uint64_t first; /* the number of its first record */
    uint32_t count;
    struct trace_record records[WINDOW_SIZE];
};

static struct window *windows[PLATFORM_MAX_HARTS];

enum err kept_allocate(uint32_t hart_index)
{
    ASSERT(hart_index < PLATFORM_MAX_HARTS);
    if (windows[hart_index] == NULL)
        windows[hart_index] = trace_alloc(WINDOWS * sizeof(struct window));
    return windows[hart_index] == NULL ? ERR_NO_MEMORY : OK;
}

void kept_forget(uint32_t hart_index)
{
    ASSERT(windows[hart_index] != NULL);
    for (struct window *w = windows[hart_index]; w < windows[hart_index] + WINDOWS; w++)
        w->ticks = w->first = w->count = 0;
}

static struct window *least_late(struct window *of)
{
    struct window *found = of;
    for (struct window *w = of + 1; w < of + WINDOWS; w++)
        if (w->ticks < found->ticks)
            found = w;
    return found;
}

void kept_take(uint32_t hart_index, uint64_t ticks)
{
    DEBUG_ASSERT(hart_index == this_hart()->index && windows[hart_index] != NULL);
    struct window *window = least_late(windows[hart_index]);
    struct ring_view ring = ring_of_hart(hart_index);
    if (ticks <= window->ticks)
        return;
    window->count = (uint32_t)(ring.written < WINDOW_SIZE ? ring.written : WINDOW_SIZE);
    window->first = ring.written - window->count;
    window->ticks = ticks;
    for (uint32_t i = 0; i < window->count; i++)
        window->records[i] = *ring_record(&ring, window->first + i);
}

/* The window that has `number`, or the first number beyond it. Windows may overlap. */
static const struct window *window_from(const struct window *of, uint64_t number)
{
    const struct window *found = NULL;
    for (const struct window *w = of; w < of + WINDOWS; w++) {
        if (number >= w->first + w->count)
            continue;
        if (found == NULL || w->first < found->first)
            found = w;
    }
    return found;
}

const struct trace_record *kept_next(uint32_t hart_index, uint64_t *number)
{
    ASSERT(windows[hart_index] != NULL);
    const struct window *window = window_from(windows[hart_index], *number);
    if (window == NULL)
        return NULL;
    if (*number < window->first)
        *number = window->first;
    return &window->records[*number - window->first];
}
