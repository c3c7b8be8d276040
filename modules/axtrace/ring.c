/* One ring of events per hart, written by that hart alone. */
#include <axalloc/heap.h>
#include <axhal/time.h>
#include <lib/exit_path.h>
#include "parts.h"

#define RING_RECORDS 8192 /* a power of two; 256 KiB a hart */

struct ring {
    struct trace_record *records;
    _Atomic uint64_t written, refused;
};

EXIT_PATH_DATA _Atomic bool trace_recording;
static enum trace_mode mode;
static enum ledger_column trigger_column = LEDGER_COLUMNS;
static uint64_t trigger_ticks;
static struct ring rings[PLATFORM_MAX_HARTS];

struct ring_view ring_of_hart(uint32_t index)
{
    const struct ring *ring = &rings[index];
    return (struct ring_view){ring->records, RING_RECORDS, ring->written, ring->refused};
}

static void put(struct ring *ring, const struct trace_record *record)
{
    uint64_t n = atomic_load_explicit(&ring->written, memory_order_relaxed);
    if (mode == TRACE_STOP && n >= RING_RECORDS) {
        ring->refused++;
        return;
    }
    ring->records[n % RING_RECORDS] = *record;
    atomic_store_explicit(&ring->written, n + 1, memory_order_release);
}

static void record_at(uint64_t time, enum trace_event event, uint16_t vm, uint16_t vcpu, uint64_t a,
                      uint64_t b)
{
    const struct trace_record record = {
        .time = time, .a = a, .b = b, .vm = vm, .vcpu = vcpu, .event = (uint8_t)event};
    put(&rings[this_hart()->index], &record);
}

void trace_record(enum trace_event event, uint16_t vm, uint16_t vcpu, uint64_t a, uint64_t b)
{
    record_at(time_now(), event, vm, vcpu, a, b);
}

void trace_piece(const struct ledger *ledger, enum ledger_column column, uint64_t ticks,
                 uint64_t now)
{
    if (!atomic_load_explicit(&trace_recording, memory_order_relaxed))
        return;
    record_at(now, TRACE_PIECE, ledger->vm, ledger->vcpu, column, ticks);
    if (column == LEDGER_GUEST)
        record_at(now, TRACE_EXIT, ledger->vm, ledger->vcpu, ledger->exit.pc, ledger->exit.cause);
    if (column == trigger_column && ticks >= trigger_ticks)
        atomic_store(&trace_recording, false);
}

void trace_trigger(enum ledger_column column, uint64_t ticks)
{
    trigger_column = LEDGER_COLUMNS;
    trigger_ticks = ticks;
    trigger_column = column;
}

bool trace_get_trigger(enum ledger_column *column, uint64_t *ticks)
{
    *column = trigger_column;
    *ticks = trigger_ticks;
    return *column != LEDGER_COLUMNS;
}

enum trace_mode trace_get(void)
{
    return mode;
}

static enum err allocate(void)
{
    for (uint32_t i = 0; i < hart_count(); i++) {
        if (rings[i].records == NULL)
            rings[i].records = heap_alloc(RING_RECORDS * sizeof(struct trace_record));
        if (rings[i].records == NULL)
            return ERR_NO_MEMORY;
    }
    return OK;
}

/* What harts noted while they booted, before there were rings. */
static void record_boot(uint32_t index)
{
    const struct hart *hart = hart_at(index);
    for (unsigned step = 0; step < HART_STEPS; step++) {
        const struct trace_record record = {.time = hart->step_time[step],
                                            .a = step,
                                            .b = hart->id,
                                            .vm = TRACE_NO_VCPU,
                                            .vcpu = TRACE_NO_VCPU,
                                            .event = TRACE_BOOT};
        if (record.time != 0)
            put(&rings[index], &record);
    }
}

static void arm_ledgers(bool armed)
{
    for (uint32_t i = 0; i < hart_count(); i++) {
        struct ledger *ledger = ledger_of_hart(i);
        if (ledger != NULL)
            ledger_arm(ledger, LEDGER_ARMED_TRACE, armed);
    }
}

enum err trace_set(enum trace_mode to)
{
    if (to != TRACE_OFF && allocate() != OK)
        return ERR_NO_MEMORY;
    atomic_store(&trace_recording, false);
    if (to != TRACE_OFF) {
        for (uint32_t i = 0; i < hart_count(); i++) {
            rings[i].written = rings[i].refused = 0;
            record_boot(i);
        }
    }
    mode = to;
    arm_ledgers(to != TRACE_OFF);
    atomic_store(&trace_recording, to != TRACE_OFF);
    return OK;
}
