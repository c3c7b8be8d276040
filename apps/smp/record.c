#include "record.h"
#include "wait.h"
#include <axalloc/heap.h>
#include <axipi/mailbox.h>
#include <stdatomic.h>

struct entry {
    uint32_t number;
    uint32_t meant_for; /* a hart's index */
};

struct record {
    struct entry *entries;
    _Atomic uint32_t count; /* may exceed the room: then functions ran that were never posted */
};

static struct record *records; /* by a hart's index */
static uint32_t room;

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

enum err records_init(uint32_t functions)
{
    room = functions;
    records = heap_alloc(hart_count() * sizeof *records);
    for (uint32_t i = 0; records != NULL && i < hart_count(); i++) {
        records[i].entries = heap_alloc(room * sizeof *records[i].entries);
        if (records[i].entries == NULL)
            return ERR_NO_MEMORY;
    }
    return records != NULL ? OK : ERR_NO_MEMORY;
}

void record_clear(const struct hart *hart)
{
    atomic_store(&records[hart->index].count, 0);
}

/* What is posted: the entry itself, packed into the argument. */
static void write_down(void *argument)
{
    struct record *mine = &records[this_hart()->index];
    uint64_t packed = (uintptr_t)argument;
    uint32_t place = atomic_load(&mine->count);
    if (place < room)
        mine->entries[place] = (struct entry){(uint32_t)packed, (uint32_t)(packed >> 32)};
    atomic_store(&mine->count, place + 1);
}

enum err record_post(struct hart *hart, uint32_t number)
{
    uintptr_t packed = (uint64_t)hart->index << 32 | number;
    return mailbox_post(hart, write_down, (void *)packed);
}

struct expected {
    const struct hart *hart;
    uint32_t count;
};

static bool has_run(const void *context)
{
    const struct expected *e = context;
    return record_count(e->hart) >= e->count;
}

bool record_wait(const struct hart *hart, uint32_t count)
{
    struct expected e = {hart, count};
    return hart == this_hart() ? park_until(has_run, &e) : wait_until(has_run, &e);
}

uint32_t record_count(const struct hart *hart)
{
    return atomic_load(&records[hart->index].count);
}

uint32_t record_first_wrong(const struct hart *hart)
{
    const struct record *r = &records[hart->index];
    uint32_t count = smaller(record_count(hart), room), place = 0;
    while (place < count && r->entries[place].number == place &&
           r->entries[place].meant_for == hart->index)
        place++;
    return place;
}
