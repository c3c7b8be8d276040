#include "fixture.h"
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/memory.h>
#include <axhal/panic.h>
#include <axsync/spinlock.h>
#include <stdlib.h>
#include <string.h>

struct fixture f;
static const struct platform machine = {.timebase = 10000000};

const struct platform *platform(void)
{
    return &machine;
}

uint32_t hart_count(void)
{
    return 2;
}

struct hart *hart_at(uint32_t index)
{
    return &f.harts[index];
}

/* Rings and gaps stay for good, as on the real machine. */
static void *kept[16];

void *heap_alloc(size_t size)
{
    for (size_t i = 0; !f.no_memory && i < sizeof kept / sizeof *kept; i++)
        if (kept[i] == NULL)
            return kept[i] = calloc(1, size);
    return NULL;
}

/* Not zeroed: what is read was written before. */
enum err frames_alloc(uint64_t size, uint64_t align, hpa_t *out)
{
    void *memory = heap_alloc(size);
    if (memory == NULL)
        return ERR_NO_MEMORY;
    memset(memory, 0xa5, size);
    *out = ptr_to_hpa(memory);
    return OK;
}

int fixture_setup(void **state)
{
    f = (struct fixture){.harts = {{.id = 4, .index = 0}, {.id = 7, .index = 1}}};
    fake_csr = (struct fake_csrs){.time = 1000};
    fake_hart = &f.harts[0];
    f.ledger = calloc(1, sizeof *f.ledger);
    ledger_init(f.ledger, 0, 0, "linux", &f.exits);
    ledger_start(f.ledger);
    return 0;
}

int fixture_teardown(void **state)
{
    assert_int_equal(trace_set(TRACE_OFF), OK);
    trace_trigger(LEDGER_COLUMNS, 0);
    fake_hart = &f.harts[0];
    if (f.ledger->running)
        ledger_stop(f.ledger);
    ledger_forget(f.ledger);
    free(f.ledger);
    return 0;
}

void spend(uint64_t ticks, enum ledger_column column)
{
    fake_csr.time += ticks;
    ledger_switch(f.ledger, column);
}

void read_ledger(void)
{
    uint64_t sum = 0;
    assert_true(ledger_read(f.ledger, &f.view));
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        sum += f.view.columns[i].sum;
    assert_int_equal(f.view.start, 1000);
    assert_int_equal(f.view.now, fake_csr.time);
    assert_int_equal(sum, f.view.now - f.view.start);
}

int main(void)
{
    return run_histogram_tests() + run_ledger_tests() + run_quiet_tests() + run_ring_tests() +
           run_dump_tests();
}
