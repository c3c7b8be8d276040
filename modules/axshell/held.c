#include "held.h"
#include <axalloc/heap.h>
#include <axhal/time.h>
#include <axlog/console.h>
#include <string.h>

#define TURN_MS 1

struct chunk {
    struct chunk *next;
    size_t used, printed;
    char bytes[65536 - 24];
};

static struct chunk *first, *last;

static bool add_chunk(void)
{
    struct chunk *chunk = heap_alloc(sizeof *chunk);
    if (chunk == NULL)
        return false;
    if (first == NULL)
        first = chunk;
    else
        last->next = chunk;
    last = chunk;
    return true;
}

bool held_add(const char *lines, size_t count)
{
    if ((first == NULL || last->used + count > sizeof last->bytes) && !add_chunk())
        return false;
    memcpy(last->bytes + last->used, lines, count);
    last->used += count;
    return true;
}

static void free_first(void)
{
    struct chunk *chunk = first;
    first = chunk->next;
    heap_free(chunk, sizeof *chunk);
}

static void print_line_of(struct chunk *chunk)
{
    const char *line = chunk->bytes + chunk->printed;
    const char *end = memchr(line, '\n', chunk->used - chunk->printed);
    size_t count = (size_t)(end - line) + 1;
    console_write_line(line, count);
    chunk->printed += count;
}

bool held_print(void)
{
    uint64_t end = time_now() + time_ms_to_ticks(TURN_MS);
    while (first != NULL && time_now() < end) {
        print_line_of(first);
        if (first->printed == first->used)
            free_first();
    }
    return first != NULL;
}

void held_drop(void)
{
    while (first != NULL)
        free_first();
}
