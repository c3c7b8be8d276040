/* hist: the distribution of the pieces of one column. */
#include <axlog/log.h>
#include <axtrace/ledger.h>
#include <string.h>
#include "bars.h"
#include "command.h"
#include "which.h"

#define SCANNED 128 /* buckets in a row of the job: there are thousands */

static struct bars bars;
static const struct ledger *ledger;
static enum ledger_column column;
static enum { MEASURES, ADDS, PRINTS } stage;
static uint32_t next; /* bucket, or row of the bars */
static struct size {
    uint32_t buckets;
    uint64_t values;
} size;

static void measure(void *unused, uint64_t lowest, uint64_t highest, uint64_t count)
{
    (void)unused;
    (void)lowest;
    (void)highest;
    size.buckets++;
    size.values += count;
}

static void add(void *context, uint64_t lowest, uint64_t highest, uint64_t count)
{
    bars_add(context, lowest, highest, count);
}

static bool scan(void)
{
    if (ledger_each_bucket(ledger, column, next, SCANNED, stage == MEASURES ? measure : add, &bars))
        next += SCANNED;
    else {
        next = 0;
        if (stage == MEASURES)
            bars_begin(&bars, size.buckets, size.values);
        stage++;
    }
    return true;
}

static bool print_bar(uint32_t row)
{
    static const char full[] = "########################################";
    _Static_assert(sizeof full == BARS_WIDTH + 1, "a bar is as wide as the widest row");
    if (row < bars.rows) {
        const struct bar *b = &bars.row[row];
        print_line("%12lu .. %-12lu %10lu %.*s", (unsigned long)b->lowest,
                   (unsigned long)b->highest, (unsigned long)b->count, (int)bars_length(&bars, row),
                   full);
        return true;
    }
    if (bars.rows == 0)
        print_line("nothing was booked in %s yet", ledger_column_name(column));
    if (bars.rows == 0 || row >= bars.rows + BARS_PERCENTILES)
        return false;
    row -= bars.rows;
    print_line("%s of the pieces: up to %lu ticks", bars_percentile_names[row],
               (unsigned long)bars.percentile[row]);
    return true;
}

static bool print_row(uint32_t row)
{
    (void)row;
    return stage == PRINTS ? print_bar(next++) : scan();
}

static void run(const struct words *words)
{
    const struct vcpu *vcpu = arg_vcpu("hist", words->word[1]);
    if (vcpu == NULL || !arg_column("hist", words->word[2], &column) || !arg_end("hist", words, 3))
        return;
    ledger = vcpu->ledger;
    stage = MEASURES;
    next = 0;
    size = (struct size){0};
    shell_print(print_row);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        vcpu_names(to);
    else if (at == 2)
        column_names(to);
}

static const struct help_line more[] = {
    {NULL,
     "Of each piece of time in the column how long it was, in ticks: lowest .. highest, how many."},
    {NULL, NULL},
};

const struct command command_hist = {
    "hist", "VM.VCPU COLUMN", "a histogram of one column of a ledger", more, run, complete,
};
