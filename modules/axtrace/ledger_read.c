/* Reading a ledger while it is written: until the columns sum to the time that they should. */
#include <axhal/time.h>
#include <lib/assert.h>
#include "parts.h"

#define READ_TRIES 256      /* some ms at most, on a hart that has no guest to wait for it */
#define READ_TRIES_BESIDE 3 /* on one that has: some 10 us */

/* Up to the longest so far: all after it are empty. Of most columns that is none. */
static uint32_t used_linear(const struct ledger_book *book)
{
    return book->greatest < HISTOGRAM_LINEAR ? (uint32_t)book->greatest : HISTOGRAM_LINEAR - 1;
}

static uint32_t first_used(const uint64_t *linear)
{
    uint32_t i = 0;
    while (i < HISTOGRAM_LINEAR && read_once(&linear[i]) == 0)
        i++;
    return i;
}

/* A chore beside a guest reads all columns in a step: so without a product, as below. */
void ledger_read_column(const struct ledger *ledger, enum ledger_column column,
                        struct ledger_summary *to)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    const struct ledger_book *book = &ledger->books[column];
    const uint64_t *linear = ledger->linear[column];
    *to = (struct ledger_summary){
        .count = read_once(&book->count), .sum = read_once(&book->sum), .worst = book->worst};
    uint64_t sum = 0, above = 0;
#pragma GCC unroll 8
    for (uint32_t i = used_linear(book); i > 0; i--) {
        above += read_once(&linear[i]);
        sum += above;
    }
    above += read_once(&linear[0]);
    to->count += above;
    to->sum += sum;
    to->min = to->count == 0 ? 0 : above > 0 ? first_used(linear) : book->least;
    to->max = book->greatest;
}

/* These two run in an exit of the guest that asks: they only read one word of each bucket. */
uint64_t ledger_count(const struct ledger *ledger, enum ledger_column column)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    const uint64_t *linear = ledger->linear[column];
    uint64_t count = ledger->books[column].count;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < HISTOGRAM_LINEAR; i++)
        count += read_once(&linear[i]);
    return count;
}

/* A bucket's count is in the sums of all above it: so it comes to its ticks without a product. */
static uint64_t sum_ticks(const struct ledger *ledger, enum ledger_column column)
{
    const uint64_t *linear = ledger->linear[column];
    uint64_t sum = 0, above = 0;
#pragma GCC unroll 8
    for (uint32_t i = HISTOGRAM_LINEAR - 1; i > 0; i--) {
        above += read_once(&linear[i]);
        sum += above;
    }
    return ledger->books[column].sum + sum;
}

/* All columns make the time up to the mark: what was not stolen is but three of them. */
uint64_t ledger_stolen_booked(const struct ledger *ledger)
{
    uint64_t stolen = ledger->mark - ledger->start;
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        if (!ledger_is_stolen(i))
            stolen -= sum_ticks(ledger, i);
    return stolen;
}

uint64_t ledger_stolen(const struct ledger *ledger)
{
    ledger_assert_own(ledger);
    bool kept = (atomic_load(&ledger->armed) & LEDGER_ARMED_STEAL) != 0;
    return kept ? ledger->stolen : ledger_stolen_booked(ledger);
}

/* A reading of all columns, which is repeated until it is of one moment. */
struct reading {
    const struct ledger *ledger;
    struct ledger_view *view;
    bool again;                /* the view has what an earlier try read */
    bool busy[LEDGER_COLUMNS]; /* has changed between two tries */
    uint64_t sum;
};

static void read_columns(struct reading *r, bool busy)
{
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++) {
        if (r->busy[i] != busy)
            continue;
        struct ledger_summary *column = &r->view->columns[i];
        uint64_t before = column->sum;
        ledger_read_column(r->ledger, i, column);
        r->sum += column->sum;
        if (r->again && column->sum != before)
            r->busy[i] = true;
    }
}

/*
 * What the columns lack; 0: they are all of one moment. Sums only grow, so if those of all columns,
 * each read after the mark, make the time up to the mark, none had grown yet when it was read.
 * Columns that were seen to change go first: only while these are read must nothing be booked, and
 * that is a short time also where a guest does nothing but exit.
 */
static uint64_t read_whole(struct reading *r)
{
    uint64_t mark = read_once(&r->ledger->mark);
    atomic_thread_fence(memory_order_acquire); /* read_once orders nothing */
    r->view->start = read_once(&r->ledger->start);
    r->view->now = mark;
    r->sum = 0;
    read_columns(r, true);
    read_columns(r, false);
    r->again = true;
    return mark - r->view->start - r->sum;
}

/* The piece that goes on is shown as if it ended now: it has no count yet. */
static void add_open_piece(const struct ledger *ledger, struct ledger_view *view)
{
    uint64_t now = time_now();
    if (!atomic_load_explicit(&ledger->running, memory_order_relaxed) || now <= view->now)
        return;
    view->columns[read_once(&ledger->column)].sum += now - view->now;
    view->now = now;
}

bool ledger_read(const struct ledger *ledger, struct ledger_view *view)
{
    struct reading reading = {.ledger = ledger, .view = view};
    uint64_t missing = 1;
    const unsigned tries = this_hart()->vcpu != NULL ? READ_TRIES_BESIDE : READ_TRIES;
    for (unsigned i = 0; i < tries && missing != 0; i++)
        missing = read_whole(&reading);
    view->columns[LEDGER_GUEST].sum += missing;
    add_open_piece(ledger, view);
    return missing == 0;
}

bool ledger_bucket(const struct ledger *ledger, enum ledger_column column, uint32_t index,
                   uint64_t *lowest, uint64_t *count)
{
    ASSERT(column < LEDGER_COLUMNS);
    const struct ledger_book *book = &ledger->books[column];
    if (index >= HISTOGRAM_LINEAR + book->bucket_count)
        return false;
    bool linear = index < HISTOGRAM_LINEAR;
    *lowest = linear ? index : histogram_lowest(index);
    *count = linear ? read_once(&ledger->linear[column][index])
                    : book->buckets[index - HISTOGRAM_LINEAR];
    return true;
}

bool ledger_each_bucket(
    const struct ledger *ledger, enum ledger_column column, uint32_t first, uint32_t limit,
    void (*each)(void *context, uint64_t lowest, uint64_t highest, uint64_t count), void *context)
{
    uint64_t lowest, count;
    for (uint32_t i = first; i < first + limit; i++) {
        if (!ledger_bucket(ledger, column, i, &lowest, &count))
            return false;
        if (count > 0)
            each(context, lowest, i < HISTOGRAM_LINEAR ? lowest : histogram_lowest(i + 1) - 1,
                 count);
    }
    return true;
}
