#pragma once
#include <axhal/platform.h>
#include <axtrace/ledger_book.h>
#include <axtrace/trace.h>

/* ring.c: the events of a piece of time that ends now; looks at the trigger. Own hart. */
void trace_piece(const struct ledger *ledger, enum ledger_column column, uint64_t ticks,
                 uint64_t now);
/* ledger_read.c: what is_stolen columns have so far. Own hart. */
uint64_t ledger_stolen_booked(const struct ledger *ledger);
/* ledger.c: what is known now. */
void ledger_take_sample(const struct ledger *ledger, struct ledger_sample *sample, uint64_t now);
/* quiet.c. Own hart: a piece ends now while the ledger is armed for it. */
void quiet_piece(struct ledger *ledger, enum ledger_column column, uint64_t now);
/* quiet.c. Own hart: the guest goes on, after a piece of this column. */
void quiet_exit_ends(struct ledger *ledger, enum ledger_column column, uint64_t now);
/* quiet.c. Own hart: the ledger starts, and is armed if the VM's contract is on. */
void quiet_start_ledger(struct ledger *ledger);
/* ledger.c: not the guest's own time. */
bool ledger_is_stolen(enum ledger_column column);

struct gaps {
    uint64_t count, sum, least, greatest;
    uint32_t buckets[HISTOGRAM_BUCKETS(LEDGER_SHORT_BITS)];
};
/* gaps.c: NULL if this hart has not sampled. */
const struct gaps *gaps_of_hart(uint32_t index);

/* ring.c: a timer was late by `ticks`; what is recorded around one of the latest is kept. Own hart.
 */
void trace_late(const struct ledger *ledger, uint64_t deadline, uint64_t ticks,
                enum trace_blame blame, enum ledger_column column);

/* ring.c: memory that stays, and is not zeroed; NULL: there is none. */
void *trace_alloc(uint64_t size);

struct ring_view {
    const struct trace_record *records; /* NULL: the hart has no ring */
    uint64_t size;                      /* records of room, a power of two */
    uint64_t written;                   /* since it was switched on; the last `size` are there */
    uint64_t refused;                   /* those that a full ring did not take */
};
/* ring.c, for the dump and kept.c. */
struct ring_view ring_of_hart(uint32_t index);
/* The record of this number, or NULL: the ring has turned over it. */
const struct trace_record *ring_record(const struct ring_view *ring, uint64_t number);

/*
 * kept.c: copies of what a ring had when a timer was very late, so that they outlive its turning
 * over. Records have numbers, in the order in which the ring got them.
 */
enum err kept_allocate(uint32_t hart_index);
/* Recording is switched on anew, and is off meanwhile. */
void kept_forget(uint32_t hart_index);
/* Own hart: the newest records of its ring are about a timer that was `ticks` late. */
void kept_take(uint32_t hart_index, uint64_t ticks);
/* The first record there is from `number` on, which becomes its number; NULL: there is none. */
const struct trace_record *kept_next(uint32_t hart_index, uint64_t *number);
