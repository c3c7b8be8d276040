/* worst: the circumstances of each column's longest piece. */
#include <axlog/log.h>
#include <axtrace/ledger.h>
#include <axhal/platform.h>
#include <stdio.h>
#include "command.h"
#include "which.h"

#define OTHERS_SIZE 160

static struct which which;
static const struct ledger_view *view; /* NULL: none was read yet */
static const struct vcpu *vcpu;        /* whose ledger it is */
static uint32_t next_vcpu, next_column;

static void list_others(const struct ledger_sample *sample, char *to)
{
    size_t used = 0;
    *to = '\0';
    for (uint32_t i = 0; i < LEDGER_OTHERS && used < OTHERS_SIZE; i++)
        if (sample->others[i] < LEDGER_COLUMNS && i != vcpu->hart->index)
            used += (size_t)snprintf(to + used, OTHERS_SIZE - used, " %lu:%s",
                                     (unsigned long)hart_at(i)->id,
                                     ledger_column_name(sample->others[i]));
}

static void print_worst(enum ledger_column column)
{
    char name[WHICH_NAME], text[LEDGER_SAMPLE_TEXT], others[OTHERS_SIZE];
    const struct ledger_summary *s = &view->columns[column];
    const struct ledger_sample *w = &s->worst;
    unsigned long timebase = platform()->timebase, end = w->end;
    list_others(w, others);
    print_line("%s %s: %lu ticks up to %lu.%07lu s, %s%s%s", vcpu_name(vcpu, name),
               ledger_column_name(column), (unsigned long)s->max, end / timebase, end % timebase,
               ledger_sample_text(w, text), *others != '\0' ? "; other harts" : "", others);
}

/* The next column that has a longest piece; false: this vCPU has none left. */
static bool find_column(void)
{
    while (view != NULL && next_column < LEDGER_COLUMNS && view->columns[next_column].count == 0)
        next_column++;
    return view != NULL && next_column < LEDGER_COLUMNS;
}

/* A ledger is read in a row of its own. */
static bool read_next(void)
{
    vcpu = which_vcpu(&which, next_vcpu);
    if (vcpu == NULL)
        return false;
    next_column = 0;
    view = which_read(vcpu);
    if (view != NULL || !which_read_again(vcpu))
        next_vcpu++;
    return true;
}

static bool print_row(uint32_t row)
{
    if (row == 0) {
        next_vcpu = 0;
        view = NULL;
    }
    if (!find_column())
        return read_next();
    print_worst(next_column++);
    return true;
}

static void run(const struct words *words)
{
    if (which_parse("worst", words->word[1], &which) && arg_end("worst", words, 2))
        shell_print(print_row);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        which_names(to);
}

static const struct help_line more[] = {
    {NULL,
     "When it ended, the vCPU's exits then, the guest's pc, scause; of an SBI call a7, a6, a0, of "
     "an access the guest-physical address and htinst; and what the other harts' vCPUs were in."},
    {NULL, NULL},
};

const struct command command_worst = {
    "worst", "[VM[.VCPU]]", "the longest interval of each column, and when", more, run, complete,
};
