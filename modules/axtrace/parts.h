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
/* quiet.c. Own hart: the guest goes on, behind a piece of this column. */
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

/* ring.c, for the dump. */
struct ring_view {
    const struct trace_record *records; /* NULL: the hart has no ring */
    uint64_t size;                      /* records of room, a power of two */
    uint64_t written;                   /* since it was switched on; the last `size` are there */
    uint64_t refused;                   /* those that a full ring did not take */
};
struct ring_view ring_of_hart(uint32_t index);
