/* Booking: what is not a usual piece. */
#include <axhal/time.h>
#include <axtrace/trace.h>
#include <lib/bits.h>
#include <string.h>
#include "internal.h"

static struct ledger *ledgers[PLATFORM_MAX_HARTS]; /* by hart index; written by the hart */

/* Not in .bss, which the boot clears: a debugger writes it before. */
struct ledger_stop ledger_stop_at = {.exits = UINT64_MAX};

bool ledger_is_stolen(enum ledger_column column)
{
    return column != LEDGER_GUEST && column != LEDGER_IDLE && column != LEDGER_STOPPED;
}

static void add(_Atomic uint64_t *to, uint64_t value)
{
    atomic_store_explicit(to, atomic_load_explicit(to, memory_order_relaxed) + value,
                          memory_order_relaxed);
}

static void count_bucket(struct ledger_book *book, uint64_t ticks)
{
    uint32_t bucket = histogram_bucket(ticks) - HISTOGRAM_LINEAR;
    if (bucket >= book->bucket_count)
        bucket = book->bucket_count - 1;
    uint32_t count = atomic_load_explicit(&book->buckets[bucket], memory_order_relaxed);
    if (count != UINT32_MAX)
        atomic_store_explicit(&book->buckets[bucket], count + 1, memory_order_relaxed);
}

static void count_piece(struct ledger_book *book, uint64_t ticks)
{
    if (ticks < HISTOGRAM_LINEAR) {
        add(&book->linear[ticks], 1);
        return;
    }
    count_bucket(book, ticks);
    if (book->count == 0 || ticks < book->least)
        book->least = ticks;
    add(&book->count, 1);
    add(&book->sum, ticks);
}

static void take_sample(const struct ledger *ledger, struct ledger_sample *sample, uint64_t now)
{
    *sample = (struct ledger_sample){.end = now,
                                     .exits = *ledger->exits,
                                     .pc = ledger->exit.pc,
                                     .cause = ledger->exit.cause};
    memcpy(sample->args, ledger->exit.args, sizeof sample->args);
    for (uint32_t i = 0; i < LEDGER_OTHERS; i++) {
        const struct ledger *other = i < ARRAY_SIZE(ledgers) ? ledgers[i] : NULL;
        bool runs = other != NULL && other->running;
        sample->others[i] = runs ? (uint8_t)atomic_load(&other->column) : LEDGER_COLUMNS;
    }
}

/* Arming from another hart may cross this store: so look again behind it. */
static void set_limit(struct ledger *ledger, struct ledger_book *book)
{
    uint64_t limit = book->greatest < HISTOGRAM_LINEAR ? book->greatest + 1 : HISTOGRAM_LINEAR;
    if (atomic_load(&ledger->armed) == 0)
        atomic_store(&book->limit, limit);
    if (atomic_load(&ledger->armed) != 0)
        atomic_store(&book->limit, 0);
}

/* `ticks` up to `now`, of which all before is booked. */
static void book_piece(struct ledger *ledger, enum ledger_column column, uint64_t ticks,
                       uint64_t now)
{
    struct ledger_book *book = &ledger->columns[column];
    bool first = atomic_load_explicit(&book->limit, memory_order_relaxed) == 0 &&
                 book->worst.end == 0;
    count_piece(book, ticks);
    if (first || ticks > book->greatest) {
        book->greatest = ticks;
        take_sample(ledger, &book->worst, now);
    }
    if (ledger_is_stolen(column))
        ledger->stolen += ticks;
    atomic_store_explicit(&ledger->mark,
                          atomic_load_explicit(&ledger->mark, memory_order_relaxed) + ticks,
                          memory_order_relaxed);
    set_limit(ledger, book);
    trace_piece(ledger, column, ticks, now);
}

void ledger_book_long(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    book_piece(ledger, column, now - ledger->mark, now);
}

/* Waiting for locks happens inside other pieces: what the hart waited is taken out of this one. */
static void book_lock_wait(struct ledger *ledger, uint64_t now)
{
    uint64_t waited = this_hart()->lock_wait - ledger->lock_wait;
    ledger->lock_wait = this_hart()->lock_wait;
    uint64_t piece = now - ledger->mark;
    if (waited > piece)
        waited = piece;
    if (waited > 0)
        book_piece(ledger, LEDGER_WAIT_LOCK, waited, ledger->mark + waited);
}

enum ledger_column ledger_switch(struct ledger *ledger, enum ledger_column column)
{
    uint64_t now = time_now();
    enum ledger_column before = atomic_load_explicit(&ledger->column, memory_order_relaxed);
    book_lock_wait(ledger, now);
    ledger_book(ledger, before, now);
    ledger_name(ledger, column);
    return before;
}

void ledger_enter_guest(struct ledger *ledger)
{
    ledger_switch(ledger, LEDGER_GUEST);
}

void ledger_arm(struct ledger *ledger, uint32_t reason, bool armed)
{
    if (armed)
        atomic_fetch_or(&ledger->armed, reason);
    else
        atomic_fetch_and(&ledger->armed, ~reason);
    for (unsigned i = 0; i < LEDGER_COLUMNS && armed; i++)
        atomic_store(&ledger->columns[i].limit, 0);
    if (armed && reason == LEDGER_ARMED_STEAL)
        ledger->stolen = ledger_stolen_booked(ledger);
}

void ledger_init(struct ledger *ledger, uint16_t vm, uint16_t vcpu, const char *vm_name,
                 const uint64_t *exits)
{
    ledger->vm = vm;
    ledger->vcpu = vcpu;
    ledger->vm_name = vm_name;
    ledger->exits = exits;
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++) {
        bool is_long = i < LEDGER_LONG_COLUMNS;
        ledger->columns[i].buckets = is_long ? ledger->long_buckets[i]
                                             : ledger->short_buckets[i - LEDGER_LONG_COLUMNS];
        ledger->columns[i].bucket_count = is_long ? LEDGER_LONG_BUCKETS : LEDGER_SHORT_BUCKETS;
    }
}

static void clear_book(struct ledger_book *book)
{
    _Atomic uint32_t *buckets = book->buckets;
    uint32_t bucket_count = book->bucket_count;
    memset(book, 0, sizeof *book);
    book->buckets = buckets;
    book->bucket_count = bucket_count;
}

void ledger_start(struct ledger *ledger)
{
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        clear_book(&ledger->columns[i]);
    memset(ledger->long_buckets, 0, sizeof ledger->long_buckets);
    memset(ledger->short_buckets, 0, sizeof ledger->short_buckets);
    ledger->stolen = 0;
    ledger->hart = this_hart()->index;
    ledger->lock_wait = this_hart()->lock_wait;
    ledger_name(ledger, LEDGER_STOPPED);
    ledger->start = time_now();
    atomic_store(&ledger->mark, ledger->start);
    ledger->running = true;
    atomic_store(&ledger->armed, atomic_load(&trace_recording) ? LEDGER_ARMED_TRACE : 0);
    ledgers[ledger->hart] = ledger;
}

void ledger_stop(struct ledger *ledger)
{
    ledger_switch(ledger, LEDGER_STOPPED);
    ledger->running = false;
}

struct ledger *ledger_of_hart(uint32_t index)
{
    return ledgers[index];
}

void ledger_forget(struct ledger *ledger)
{
    if (ledgers[ledger->hart] == ledger)
        ledgers[ledger->hart] = NULL;
}

void ledger_stop_here(void)
{
    __asm__ volatile("");
}
