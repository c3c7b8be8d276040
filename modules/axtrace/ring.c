/* One ring of events per hart, written by that hart alone. */
#include <axalloc/frames.h>
#include <axhal/memory.h>
#include <axhal/time.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include "parts.h"

struct ring {
    struct trace_record *records;
    _Atomic uint64_t written, refused;
};

EXIT_PATH_DATA _Atomic bool trace_recording;
/* Set by the console's hart, read by each hart that records. Recording is off while they change,
 * but for the trigger, whose column is written last. */
static _Atomic(enum trace_mode) mode;
static _Atomic(enum ledger_column) trigger_column = LEDGER_COLUMNS;
static _Atomic uint64_t trigger_ticks;
static struct ring rings[PLATFORM_MAX_HARTS];
static uint64_t room = TRACE_DEFAULT_ROOM; /* of each ring */

void trace_set_room(uint64_t events)
{
    ASSERT(events > 0 && (events & (events - 1)) == 0);
    room = events;
}

struct ring_view ring_of_hart(uint32_t index)
{
    DEBUG_ASSERT(index < PLATFORM_MAX_HARTS);
    const struct ring *ring = &rings[index];
    return (struct ring_view){ring->records, room, ring->written, ring->refused};
}

const struct trace_record *ring_record(const struct ring_view *ring, uint64_t number)
{
    bool is_there = number < ring->written && ring->written - number <= ring->size;
    return is_there ? &ring->records[number % ring->size] : NULL;
}

static void put(struct ring *ring, const struct trace_record *record)
{
    DEBUG_ASSERT(ring->records != NULL && record->event < TRACE_EVENTS);
    uint64_t n = atomic_load_explicit(&ring->written, memory_order_relaxed);
    if (atomic_load_explicit(&mode, memory_order_relaxed) == TRACE_STOP && n >= room) {
        ring->refused++;
        return;
    }
    ring->records[n % room] = *record;
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
    if (column == atomic_load(&trigger_column) && ticks >= atomic_load(&trigger_ticks))
        atomic_store(&trace_recording, false);
}

void trace_late(const struct ledger *ledger, uint64_t deadline, uint64_t ticks,
                enum trace_blame blame, enum ledger_column column)
{
    DEBUG_ASSERT(blame < TRACE_BLAMES && column < LEDGER_COLUMNS);
    if (!atomic_load_explicit(&trace_recording, memory_order_relaxed))
        return;
    trace_record(TRACE_LATE, ledger->vm, ledger->vcpu, deadline,
                 ticks << 16 | (uint64_t)blame << 8 | column);
    if (atomic_load_explicit(&mode, memory_order_relaxed) == TRACE_OVERWRITE)
        kept_take(this_hart()->index, ticks);
}

void trace_trigger(enum ledger_column column, uint64_t ticks)
{
    ASSERT(column <= LEDGER_COLUMNS);
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

/* What is in it is read only once it is written: a command beside a guest can't zero megabytes. */
void *trace_alloc(uint64_t size)
{
    hpa_t at;
    return frames_alloc(size, PAGE_SIZE, &at) == OK ? hpa_to_ptr(at) : NULL;
}

static enum err allocate(void)
{
    for (uint32_t i = 0; i < hart_count(); i++) {
        if (rings[i].records == NULL)
            rings[i].records = trace_alloc(room * sizeof(struct trace_record));
        if (rings[i].records == NULL || kept_allocate(i) != OK)
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
    ASSERT(to <= TRACE_STOP);
    if (to != TRACE_OFF && allocate() != OK)
        return ERR_NO_MEMORY;
    atomic_store(&trace_recording, false);
    if (to != TRACE_OFF) {
        for (uint32_t i = 0; i < hart_count(); i++) {
            rings[i].written = rings[i].refused = 0;
            kept_forget(i);
            record_boot(i);
        }
    }
    mode = to;
    arm_ledgers(to != TRACE_OFF);
    atomic_store(&trace_recording, to != TRACE_OFF);
    return OK;
}
