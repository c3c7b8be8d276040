/* Booking: what is not a usual piece. */
#include <axhal/arch/cpu.h>
#include <axhal/time.h>
#include <axtrace/trace.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <lib/exit_path.h>
#include <string.h>
#include "parts.h"

/* Both by hart index, written by the hart; a ledger that is forgotten by the hart that forgets it.
 */
static _Atomic(struct ledger *) ledgers[PLATFORM_MAX_HARTS];
static _Atomic bool looking[PLATFORM_MAX_HARTS]; /* into the ledgers of other harts */

/* Not in .bss, which the boot clears: a debugger writes it before. */
EXIT_PATH_DATA struct ledger_stop ledger_stop_at = {.exits = UINT64_MAX};

bool ledger_is_stolen(enum ledger_column column)
{
    return column != LEDGER_GUEST && column != LEDGER_IDLE && column != LEDGER_STOPPED;
}

/* Out of line, so that `book` is in a register: its offset in a ledger is beyond that of a load. */
static __attribute__((noinline)) EXIT_PATH void count_long(struct ledger_book *book, uint64_t ticks)
{
    DEBUG_ASSERT(ticks >= HISTOGRAM_LINEAR && book->bucket_count > 0);
    uint32_t bucket = histogram_bucket(ticks) - HISTOGRAM_LINEAR;
    if (bucket >= book->bucket_count)
        bucket = book->bucket_count - 1;
    if (book->buckets[bucket] != UINT32_MAX)
        book->buckets[bucket]++;
    if (ticks < book->least)
        book->least = ticks;
    write_once(&book->count, book->count + 1);
    write_once(&book->sum, book->sum + ticks);
}

static void count_piece(struct ledger *ledger, enum ledger_column column, uint64_t ticks)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    if (ticks < HISTOGRAM_LINEAR)
        write_once(&ledger->linear[column][ticks], ledger->linear[column][ticks] + 1);
    else
        count_long(&ledger->books[column], ticks);
}

void ledger_take_sample(const struct ledger *ledger, struct ledger_sample *sample, uint64_t now)
{
    *sample = (struct ledger_sample){.end = now,
                                     .exits = read_once(ledger->exits),
                                     .pc = ledger->exit.pc,
                                     .cause = ledger->exit.cause};
    memcpy(sample->args, ledger->exit.args, sizeof sample->args);
    atomic_store(&looking[this_hart()->index], true);
    for (uint32_t i = 0; i < LEDGER_OTHERS; i++) {
        const struct ledger *other = i < ARRAY_SIZE(ledgers) ? atomic_load(&ledgers[i]) : NULL;
        bool runs = other != NULL && atomic_load_explicit(&other->running, memory_order_relaxed);
        sample->others[i] = runs ? (uint8_t)read_once(&other->column) : LEDGER_COLUMNS;
    }
    atomic_store_explicit(&looking[this_hart()->index], false, memory_order_release);
}

static uint64_t least_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void set_limits(struct ledger *ledger, enum ledger_column column, uint64_t usual,
                       uint64_t longer)
{
    write_once(&ledger->limit[column], usual);
    write_once(&ledger->books[column].limit, longer);
}

/* Another hart may arm it meanwhile: so look again after the store. */
void ledger_set_limit(struct ledger *ledger, enum ledger_column column)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    uint64_t end = ledger->books[column].greatest + 1;
    if (atomic_load(&ledger->armed) == 0)
        set_limits(ledger, column, least_of(end, HISTOGRAM_LINEAR), least_of(end, LEDGER_INLINE));
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load(&ledger->armed) != 0)
        set_limits(ledger, column, 0, 0);
}

/* `ticks` up to `now`, of which all before is booked. */
static void book_piece(struct ledger *ledger, enum ledger_column column, uint64_t ticks,
                       uint64_t now)
{
    DEBUG_ASSERT(ledger->mark + ticks == now);
    ledger_assert_own(ledger);
    struct ledger_book *book = &ledger->books[column];
    bool first = book->worst.end == 0;
    count_piece(ledger, column, ticks);
    if (first || ticks > book->greatest) {
        book->greatest = ticks;
        ledger_take_sample(ledger, &book->worst, now);
    }
    if (ledger_is_stolen(column))
        ledger->stolen += ticks;
    write_once(&ledger->mark, ledger->mark + ticks);
    ledger_set_limit(ledger, column);
    if ((atomic_load(&ledger->armed) & LEDGER_ARMED_QUIET) != 0)
        quiet_piece(ledger, column, now);
    trace_piece(ledger, column, ticks, now);
}

EXIT_PATH bool ledger_book_unseen(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    ledger_assert_own(ledger);
    struct ledger_book *book = &ledger->books[column];
    uint64_t ticks = now - ledger->mark;
    if (ticks < HISTOGRAM_LINEAR || ticks > book->greatest ||
        atomic_load_explicit(&ledger->armed, memory_order_relaxed) != 0)
        return false;
    write_once(&ledger->mark, now);
    count_long(book, ticks);
    return true;
}

EXIT_PATH void ledger_book_long(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    if (!ledger_book_unseen(ledger, column, now))
        book_piece(ledger, column, now - ledger->mark, now);
}

/*
 * What booking itself took belongs to the exit, not to the guest; else the guest's piece would be
 * a long one because of it, and then the next exit's, and so on.
 */
void ledger_book_long_exit(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    struct ledger_book *book = &ledger->books[column];
    book_piece(ledger, column, now - ledger->mark, now);
    quiet_exit_ends(ledger, column, now);
    uint64_t spent = time_now() - ledger->mark;
    if (ledger_is_stolen(column))
        ledger->stolen += spent;
    write_once(&book->sum, book->sum + spent);
    write_once(&ledger->mark, ledger->mark + spent);
}

void ledger_enter_guest(struct ledger *ledger)
{
    ledger_assert_own(ledger);
    uint64_t now = time_now();
    if (this_hart()->lock_wait != ledger->lock_wait)
        ledger_book_lock_wait(ledger, now);
    enum ledger_column column = (enum ledger_column)ledger->column;
    if (!ledger_book_usual(ledger, column, now) && !ledger_book_unseen(ledger, column, now))
        ledger_book_long_exit(ledger, column, now);
    ledger->entered = ledger->mark;
    ledger_name(ledger, LEDGER_GUEST);
}

/* Waiting for locks happens inside other pieces: what the hart waited is taken out of this one. */
void ledger_book_lock_wait(struct ledger *ledger, uint64_t now)
{
    ledger_assert_own(ledger);
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
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    ledger_assert_own(ledger);
    uint64_t now = time_now();
    enum ledger_column before = (enum ledger_column)ledger->column;
    if (this_hart()->lock_wait != ledger->lock_wait)
        ledger_book_lock_wait(ledger, now);
    if (before == LEDGER_WAIT_HART)
        ledger->hart_wait += now - ledger->mark;
    if (!ledger_book_usual(ledger, before, now))
        ledger_book_long(ledger, before, now);
    ledger_name(ledger, column);
    return before;
}

void ledger_arm(struct ledger *ledger, uint32_t reason, bool armed)
{
    DEBUG_ASSERT(reason != 0);
    if (armed)
        atomic_fetch_or(&ledger->armed, reason);
    else
        atomic_fetch_and(&ledger->armed, ~reason);
    for (unsigned i = 0; i < LEDGER_COLUMNS && armed; i++)
        set_limits(ledger, i, 0, 0);
    if (armed && reason == LEDGER_ARMED_STEAL)
        ledger->stolen = ledger_stolen_booked(ledger);
}

void ledger_init(struct ledger *ledger, uint16_t vm, uint16_t vcpu, const char *vm_name,
                 const uint64_t *exits)
{
    ASSERT(vm_name != NULL && exits != NULL && !ledger->running);
    ledger->vm = vm;
    ledger->vcpu = vcpu;
    ledger->vm_name = vm_name;
    ledger->exits = exits;
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++) {
        bool is_long = i < LEDGER_LONG_COLUMNS;
        ledger->books[i].buckets =
            is_long ? ledger->long_buckets[i] : ledger->short_buckets[i - LEDGER_LONG_COLUMNS];
        ledger->books[i].bucket_count = is_long ? LEDGER_LONG_BUCKETS : LEDGER_SHORT_BUCKETS;
    }
}

static void clear_book(struct ledger_book *book)
{
    uint32_t *buckets = book->buckets;
    uint32_t bucket_count = book->bucket_count;
    memset(book, 0, sizeof *book);
    book->buckets = buckets;
    book->bucket_count = bucket_count;
    book->least = UINT64_MAX;
}

void ledger_start(struct ledger *ledger)
{
    ASSERT(!ledger->running && ledger->exits != NULL);
    ASSERT(this_hart()->index < PLATFORM_MAX_HARTS);
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        clear_book(&ledger->books[i]);
    memset(ledger->limit, 0, sizeof ledger->limit);
    memset(ledger->linear, 0, sizeof ledger->linear);
    memset(ledger->long_buckets, 0, sizeof ledger->long_buckets);
    memset(ledger->short_buckets, 0, sizeof ledger->short_buckets);
    ledger->stolen = 0;
    ledger->late = (struct ledger_late){0};
    ledger->hart = this_hart()->index;
    ledger->lock_wait = this_hart()->lock_wait;
    ledger_name(ledger, LEDGER_STOPPED);
    write_once(&ledger->start, time_now());
    write_once(&ledger->mark, ledger->start);
    atomic_store_explicit(&ledger->running, true, memory_order_relaxed); /* found by `ledgers` */
    atomic_store(&ledger->armed, atomic_load(&trace_recording) ? LEDGER_ARMED_TRACE : 0);
    quiet_start_ledger(ledger);
    atomic_store(&ledgers[ledger->hart], ledger);
}

void ledger_stop(struct ledger *ledger)
{
    ASSERT(ledger->running && ledger->hart == this_hart()->index);
    ledger_switch(ledger, LEDGER_STOPPED);
    atomic_store(&ledger->running, false);
}

struct ledger *ledger_of_hart(uint32_t index)
{
    DEBUG_ASSERT(index < PLATFORM_MAX_HARTS);
    return atomic_load(&ledgers[index]);
}

void ledger_forget(struct ledger *ledger)
{
    ASSERT(!ledger->running); /* its hart would still write to it */
    struct ledger *own = ledger;
    if (!atomic_compare_exchange_strong(&ledgers[ledger->hart], &own, NULL))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(looking); i++)
        while (atomic_load(&looking[i])) /* some dozen instructions that nothing interrupts */
            cpu_relax();
}

void ledger_stop_here(void)
{
    __asm__ volatile("");
}
