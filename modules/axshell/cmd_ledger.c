/* ledger: where the time of vCPUs went. A row each, or of one vCPU a row a column. */
#include <axhal/time.h>
#include <axlog/log.h>
#include <axtrace/ledger.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "which.h"

#define EVERY_MOST 3600 /* seconds */
#define PERCENT_SIZE 32

static struct which which;
static const struct ledger_view *view; /* of the vCPU that is being printed */
static uint32_t next_column, next_vcpu;
static bool live;
/* The round before, and since it; in the first one since the ledger's start. */
static struct {
    uint64_t start, now, sum[LEDGER_COLUMNS];
} last;
static uint64_t elapsed, added[LEDGER_COLUMNS];

/* Hundredths of a percent; a sum of more than 2^50 ticks is not exact. */
static unsigned long share(uint64_t part, uint64_t whole)
{
    while (part >> 50 != 0) {
        part >>= 1;
        whole >>= 1;
    }
    return whole == 0 ? 0 : (unsigned long)(part * 10000 / whole);
}

static uint64_t sum_of_others(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        if (i != LEDGER_GUEST && i != LEDGER_IDLE && i != LEDGER_STOPPED)
            sum += view->columns[i].sum;
    return sum;
}

static void print_summary(const struct vcpu *vcpu)
{
    char name[WHICH_NAME];
    uint64_t whole = view->now - view->start;
    unsigned long guest = share(view->columns[LEDGER_GUEST].sum, whole);
    unsigned long idle = share(view->columns[LEDGER_IDLE].sum, whole);
    unsigned long stopped = share(view->columns[LEDGER_STOPPED].sum, whole);
    unsigned long taken = share(sum_of_others(), whole);
    print_line("%-18s %15lu  %3lu.%02lu  %3lu.%02lu  %3lu.%02lu  %3lu.%02lu %12lu",
               vcpu_name(vcpu, name), (unsigned long)whole, guest / 100, guest % 100, idle / 100,
               idle % 100, stopped / 100, stopped % 100, taken / 100, taken % 100,
               (unsigned long)read_once(&vcpu->exits));
}

static bool print_summary_row(uint32_t row)
{
    if (row == 0) {
        next_vcpu = 0;
        print_line(
            "VCPU                         TICKS  GUEST%%   IDLE%%   STOP%%  TAKEN%%        EXITS");
        return true;
    }
    const struct vcpu *vcpu = which_vcpu(&which, next_vcpu);
    if (vcpu == NULL)
        return false;
    view = which_read(vcpu);
    if (view != NULL)
        print_summary(vcpu);
    if (view != NULL || !which_read_again(vcpu))
        next_vcpu++;
    return true;
}

/* A piece that goes on is in the sum and not yet in the count: it alone may not make the mean. */
static unsigned long mean(const struct ledger_summary *s)
{
    uint64_t ticks = s->count == 0 ? 0 : s->sum / s->count;
    return ticks < s->max ? ticks : s->max;
}

/* The piece that goes on may be named anew while it does: then it was not this column's before. */
static void compare_with_last(void)
{
    bool same_life = last.start == view->start;
    elapsed = view->now - (same_life ? last.now : view->start);
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++) {
        uint64_t sum = view->columns[i].sum, before = same_life ? last.sum[i] : 0;
        added[i] = sum > before ? sum - before : 0;
        last.sum[i] = sum;
    }
    last.start = view->start;
    last.now = view->now;
}

static void print_column(enum ledger_column column)
{
    char now[PERCENT_SIZE] = "";
    unsigned long lately = share(added[column], elapsed);
    if (live)
        snprintf(now, sizeof now, " %3lu.%02lu", lately / 100, lately % 100);
    const struct ledger_summary *s = &view->columns[column];
    unsigned long part = share(s->sum, view->now - view->start);
    print_line("%-19s %7lu %12lu %3lu.%02lu %6lu %8lu %8lu%s", ledger_column_name(column),
               (unsigned long)s->count, (unsigned long)s->sum, part / 100, part % 100,
               (unsigned long)s->min, mean(s), (unsigned long)s->max, now);
}

/* The columns must make up the vCPU's life: so their sum is printed, not the life's length. */
static void print_sum(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        sum += view->columns[i].sum;
    print_line("%-19s %7s %12lu  of %lu ticks", "sum", "", (unsigned long)sum,
               (unsigned long)(view->now - view->start));
}

static void print_header(const struct vcpu *vcpu)
{
    char name[WHICH_NAME];
    print_line("%s on hart %lu: %lu exits; in ticks, %lu of which make a second",
               vcpu_name(vcpu, name), (unsigned long)vcpu->hart->id,
               (unsigned long)read_once(&vcpu->exits), (unsigned long)platform()->timebase);
    if (quiet_read(&which.vm->quiet).phase != QUIET_NEVER)
        vm_quiet_print(which.vm, 0);
    print_line("%-19s %7s %12s %6s %6s %8s %8s%s", "COLUMN", "COUNT", "SUM", "%", "MIN", "MEAN",
               "MAX", live ? "   NOW%" : "");
}

/* The first column from next_column on that has something; LEDGER_COLUMNS: none. */
static uint32_t used_column(void)
{
    while (next_column < LEDGER_COLUMNS && view->columns[next_column].sum == 0 &&
           view->columns[next_column].count == 0)
        next_column++;
    return next_column;
}

static bool begin_table(void)
{
    next_column = 0;
    view = which_read(which.vcpu);
    if (view == NULL)
        return which_read_again(which.vcpu);
    compare_with_last();
    print_header(which.vcpu);
    return true;
}

static bool print_table_row(uint32_t row)
{
    if (row == 0 || view == NULL)
        return begin_table();
    if (used_column() == LEDGER_COLUMNS) {
        print_sum();
        return false;
    }
    print_column(next_column++);
    return true;
}

/* [every SECONDS] from word `at` on: the period in ticks, 0 without. */
static bool parse_every(const struct words *words, unsigned at, uint64_t *period)
{
    uint64_t seconds;
    *period = 0;
    if (words->count <= at)
        return true;
    if (strcmp(words->word[at], "every") != 0) {
        print_line("ledger: %s: expected every SECONDS, or nothing", words->word[at]);
        return false;
    }
    if (!arg_number("ledger", "SECONDS", words->word[at + 1], 1, EVERY_MOST, &seconds) ||
        !arg_end("ledger", words, at + 2))
        return false;
    *period = seconds * platform()->timebase;
    return true;
}

static void run(const struct words *words)
{
    uint64_t period;
    unsigned at = words->count > 1 && strcmp(words->word[1], "every") != 0 ? 2 : 1;
    if (!which_parse("ledger", at == 2 ? words->word[1] : NULL, &which) ||
        !parse_every(words, at, &period))
        return;
    live = period != 0;
    last.start = 0; /* no ledger's */
    if (which.vm != NULL && which.vm->config->cpus == 1)
        which.vcpu = &which.vm->vcpus[0];
    shell_start(&(struct job){.row = which.vcpu != NULL ? print_table_row : print_summary_row,
                              .period = period});
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    if (at == 1)
        which_names(to);
    if (at <= 2 && strcmp(before->word[at - 1], "every") != 0)
        candidates_add(to, "every");
}

static const struct help_line more[] = {
    {NULL,
     "Without a vCPU: a row for each, of what was the guest's, its sleep, its stop, and all else."},
    {NULL, "VM.VCPU (or a VM that has one vCPU): each column of its ledger in which something is."},
    {NULL, "every SECONDS: on a clear screen again and again, until a key."},
    {NULL, "NOW%, in the table of one vCPU, is the column's share since the last time."},
    {NULL, NULL},
};

const struct command command_ledger = {
    "ledger", "[VM[.VCPU]] [every SECONDS]", "where each tick of the vCPUs' lives went", more, run,
    complete,
};
