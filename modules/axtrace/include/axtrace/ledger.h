/*
 * The ledger of a vCPU: where each tick of its life went.
 *
 * Time is cut at every entry and exit, and each piece is booked in one column, so the columns sum
 * to the wall clock to the tick. A piece is booked where it ends, on the vCPU's own hart, without a
 * lock: the usual one costs a compare with `limit` and one increment, because a short piece is a
 * bucket of its own (lib/histogram.h) that count and sum are computed from when it is read. A piece
 * that is long, or the longest so far, and every piece while the ledger is armed (events are
 * recorded, or the guest looks at its steal time) takes the function that follows it.
 */
#pragma once
#include <axtrace/column.h>
#include <lib/histogram.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Longest pieces that have buckets of their own; a longer one goes to the last, its sum is exact.
 */
#define LEDGER_LONG_BITS 36  /* guest, idle, stopped, descheduled */
#define LEDGER_SHORT_BITS 20 /* the others */
#define LEDGER_OTHERS 8      /* harts whose doing a sample shows */

/* The circumstances of a column's longest piece. */
struct ledger_sample {
    uint64_t end;                  /* time when it ended, ticks */
    uint64_t exits;                /* the vCPU's count of exits then: replay stops at it */
    uint64_t pc;                   /* guest's */
    uint64_t cause;                /* scause */
    uint64_t args[3];              /* SBI: a7, a6, a0. MMIO and G-stage faults: gpa, htinst, 0 */
    uint8_t others[LEDGER_OTHERS]; /* by hart index: enum ledger_column; LEDGER_COLUMNS: no vCPU */
};

/* "exit 12, pc 0x80200000, scause 0xa, a7 0x10 a6 0x3 a0 0x54" to `to`, which has so many bytes.
 * Returns it. */
#define LEDGER_SAMPLE_TEXT 160
const char *ledger_sample_text(const struct ledger_sample *sample, char *to);

/* One column, worked out. */
struct ledger_summary {
    uint64_t count, sum, min, max; /* pieces; ticks; min is 0 if count is */
    struct ledger_sample worst;    /* valid if count > 0 */
};

struct ledger; /* axtrace/ledger_book.h, for those who book */

/* Any hart. Ticks from the ledger's start to its last booking (or, of a running vCPU, to now) that
 * went to the column; count, sum, min, max, worst of it. The whole ledger at one moment: */
struct ledger_view {
    uint64_t start, now; /* ticks; the sums of all columns make now - start */
    struct ledger_summary columns[LEDGER_COLUMNS];
};
/*
 * Any hart: fills the view. False if the columns as read do not sum to the time that they should:
 * of a vCPU that runs, that it had so many exits meanwhile that no moment was caught in a bounded
 * number of tries, which is small on a hart that runs a vCPU: a later call may catch one. What is
 * missing is then shown as the guest's. On the vCPU's own hart, and once
 * it has stopped, that can only be a mistake in the booking.
 */
bool ledger_read(const struct ledger *ledger, struct ledger_view *view);
/* One column as it is booked. The vCPU's own hart: of one moment. */
void ledger_read_column(const struct ledger *ledger, enum ledger_column column,
                        struct ledger_summary *to);
/* The bucket of this number, from 0 on in ascending order: its lowest value, and how many are in
 * it. False: there is no such bucket. */
bool ledger_bucket(const struct ledger *ledger, enum ledger_column column, uint32_t index,
                   uint64_t *lowest, uint64_t *count);
/* Calls `each` with those of `limit` buckets from number `first` on that are not empty, in
 * ascending order. False: the last bucket was reached. */
bool ledger_each_bucket(
    const struct ledger *ledger, enum ledger_column column, uint32_t first, uint32_t limit,
    void (*each)(void *context, uint64_t lowest, uint64_t highest, uint64_t count), void *context);
/* Own hart: ticks stolen so far: all columns but guest, idle and stopped. Exact while armed. */
uint64_t ledger_stolen(const struct ledger *ledger);
/* Pieces booked in a column so far (a vCPU's own hart: exact). */
uint64_t ledger_count(const struct ledger *ledger, enum ledger_column column);
/* Any hart: from now on each piece is booked the long way, or no longer for this reason (enum
 * ledger_arming). On its own hart ledger_stolen is exact from here. */
void ledger_arm(struct ledger *ledger, uint32_t reason, bool armed);

/* Own hart: books the time up to now in the current column and makes `column` the current one;
 * returns what was current. */
enum ledger_column ledger_switch(struct ledger *ledger, enum ledger_column column);
/* Own hart, inline in ledger_book.h: ledger_name(ledger, column): the exit in progress is of this
 * kind; the time since it began will be booked there. */
