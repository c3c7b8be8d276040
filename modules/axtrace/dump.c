/* Everything as text: docs/trace-format.md. */
#include <axhal/time.h>
#include <axsync/spinlock.h>
#include <lib/bits.h>
#include <stdarg.h>
#include <stdio.h>
#include "parts.h"

#define LINE_SIZE 384
#define PAIRS_PER_LINE 16

struct dump {
    trace_sink_t sink;
    void *context;
    uint64_t lines;
    const char *pair_prefix; /* of a line of pairs: "@hist 0.0 guest" */
    unsigned pairs;
    char line[LINE_SIZE];
    unsigned length;
};

__attribute__((format(printf, 2, 3))) static void add(struct dump *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(d->line + d->length, LINE_SIZE - d->length, format, arguments);
    va_end(arguments);
    d->length += n > 0 ? (unsigned)n : 0;
    if (d->length > LINE_SIZE - 3)
        d->length = LINE_SIZE - 3;
}

static void end_line(struct dump *d)
{
    d->line[d->length++] = '\r';
    d->line[d->length++] = '\n';
    d->sink(d->context, d->line, d->length);
    d->length = 0;
    d->lines++;
}

static void add_pair(void *context, uint64_t lowest, uint64_t highest, uint64_t count)
{
    struct dump *d = context;
    (void)highest;
    if (d->pairs == PAIRS_PER_LINE) {
        end_line(d);
        d->pairs = 0;
    }
    if (d->pairs++ == 0)
        add(d, "%s", d->pair_prefix);
    add(d, " %lu:%lu", (unsigned long)lowest, (unsigned long)count);
}

static void begin_pairs(struct dump *d, const char *prefix)
{
    d->pair_prefix = prefix;
    d->pairs = 0;
}

static void end_pairs(struct dump *d)
{
    if (d->pairs > 0)
        end_line(d);
}

static void add_others(struct dump *d, const struct ledger_sample *sample)
{
    const char *separator = "";
    add(d, " others=");
    for (unsigned i = 0; i < LEDGER_OTHERS; i++) {
        if (sample->others[i] == LEDGER_COLUMNS)
            continue;
        add(d, "%s%u:%s", separator, i, ledger_column_name(sample->others[i]));
        separator = ",";
    }
    if (*separator == '\0')
        add(d, "-");
}

/* The rest of a line. */
static void add_sample(struct dump *d, const struct ledger_sample *s)
{
    add(d, " end=%lu exits=%lu pc=0x%lx cause=0x%lx args=0x%lx,0x%lx,0x%lx", (unsigned long)s->end,
        (unsigned long)s->exits, (unsigned long)s->pc, (unsigned long)s->cause,
        (unsigned long)s->args[0], (unsigned long)s->args[1], (unsigned long)s->args[2]);
    add_others(d, s);
    end_line(d);
}

static void dump_column(struct dump *d, const struct ledger *l, enum ledger_column column,
                        const struct ledger_summary *s)
{
    char prefix[64];
    const char *name = ledger_column_name(column);
    if (s->sum == 0 && s->count == 0)
        return;
    add(d, "@column %u.%u %s count=%lu sum=%lu min=%lu max=%lu", l->vm, l->vcpu, name,
        (unsigned long)s->count, (unsigned long)s->sum, (unsigned long)s->min,
        (unsigned long)s->max);
    end_line(d);
    snprintf(prefix, sizeof prefix, "@hist %u.%u %s", l->vm, l->vcpu, name);
    begin_pairs(d, prefix);
    ledger_each_bucket(l, column, add_pair, d);
    end_pairs(d);
    if (s->count == 0)
        return;
    add(d, "@worst %u.%u %s", l->vm, l->vcpu, name);
    add_sample(d, &s->worst);
}

static struct spinlock lock = SPINLOCK("trace dump");
static struct ledger_view view; /* lock held; too large for a hart's stack */

#define TRACE_BLAME_KEY(symbol, key, name) [TRACE_BLAME_##symbol] = (key),
static const char *const blame_keys[TRACE_BLAMES] = {TRACE_BLAME_LIST(TRACE_BLAME_KEY)};

static void add_blames(struct dump *d, const uint64_t parts[TRACE_BLAMES])
{
    for (unsigned i = 0; i < TRACE_BLAMES; i++)
        add(d, " %s=%lu", blame_keys[i], (unsigned long)parts[i]);
    end_line(d);
}

static void dump_late(struct dump *d, const struct ledger *l)
{
    const struct ledger_late *late = &l->late;
    char prefix[32];
    if (late->count == 0)
        return;
    add(d, "@late %u.%u count=%lu sum=%lu min=%lu max=%lu", l->vm, l->vcpu,
        (unsigned long)late->count, (unsigned long)late->sum, (unsigned long)late->least,
        (unsigned long)late->greatest);
    add_blames(d, late->blamed);
    snprintf(prefix, sizeof prefix, "@latehist %u.%u", l->vm, l->vcpu);
    begin_pairs(d, prefix);
    for (unsigned i = 0; i < ARRAY_SIZE(late->buckets); i++)
        if (late->buckets[i] > 0)
            add_pair(d, histogram_lowest(i), 0, late->buckets[i]);
    end_pairs(d);
    const struct ledger_sample *w = &late->worst;
    add(d, "@lateworst %u.%u deadline=%lu column=%s exits=%lu pc=0x%lx cause=0x%lx", l->vm, l->vcpu,
        (unsigned long)late->worst_deadline, ledger_column_name(late->worst_column),
        (unsigned long)w->exits, (unsigned long)w->pc, (unsigned long)w->cause);
    add_blames(d, late->worst_parts);
}

static void dump_violations(struct dump *d, const struct ledger *l)
{
    struct quiet_violation v;
    struct quiet_summary quiet = {0};
    if (l->quiet != NULL)
        quiet = quiet_read(l->quiet);
    if (quiet.phase != QUIET_ON && quiet.phase != QUIET_ENDED)
        return;
    add(d, "@quiet %u.%u on=%u begun=%lu ended=%lu", l->vm, l->vcpu, quiet.phase == QUIET_ON,
        (unsigned long)quiet.begun, (unsigned long)quiet.ended);
    end_line(d);
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++) {
        if (!quiet_read_column(l, i, &v))
            continue;
        add(d, "@violation %u.%u %s count=%lu sum=%lu max=%lu", l->vm, l->vcpu,
            ledger_column_name(i), (unsigned long)v.count, (unsigned long)v.ticks,
            (unsigned long)v.longest);
        add_sample(d, &v.first);
    }
}

static void dump_ledger(struct dump *d, const struct ledger *l)
{
    bool exact = ledger_read(l, &view);
    add(d, "@vcpu %u.%u vm=%s hart=%u start=%lu now=%lu exits=%lu exact=%u", l->vm, l->vcpu,
        l->vm_name, l->hart, (unsigned long)view.start, (unsigned long)view.now,
        (unsigned long)*l->exits, exact);
    end_line(d);
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        dump_column(d, l, i, &view.columns[i]);
    dump_late(d, l);
    dump_violations(d, l);
}

static void dump_gaps(struct dump *d, const struct hart *hart)
{
    char prefix[32];
    const struct gaps *g = gaps_of_hart(hart->index);
    add(d, "@hart %u id=%lu", hart->index, (unsigned long)hart->id);
    if (g == NULL) {
        end_line(d);
        return;
    }
    add(d, " gaps=%lu min=%lu max=%lu sum=%lu", (unsigned long)g->count, (unsigned long)g->least,
        (unsigned long)g->greatest, (unsigned long)g->sum);
    end_line(d);
    snprintf(prefix, sizeof prefix, "@gap %u", hart->index);
    begin_pairs(d, prefix);
    for (unsigned i = 0; i < ARRAY_SIZE(g->buckets); i++)
        if (g->buckets[i] > 0)
            add_pair(d, histogram_lowest(i), 0, g->buckets[i]);
    end_pairs(d);
}

#define TRACE_EVENT_NAME(symbol, name, a, b) [TRACE_##symbol] = (name),
static const char *const event_names[TRACE_EVENTS] = {TRACE_EVENT_LIST(TRACE_EVENT_NAME)};

static void dump_event(struct dump *d, uint32_t index, const struct trace_record *r)
{
    add(d, "@event %u %lu %s ", index, (unsigned long)r->time, event_names[r->event]);
    if (r->vm == TRACE_NO_VCPU)
        add(d, "-");
    else
        add(d, "%u.%u", r->vm, r->vcpu);
    add(d, " 0x%lx 0x%lx", (unsigned long)r->a, (unsigned long)r->b);
    end_line(d);
}

/* The first record there is from `number` on, of the ring or kept; NULL: there is none. */
static const struct trace_record *next_record(const struct ring_view *ring, uint32_t index,
                                              uint64_t *number)
{
    uint64_t oldest = ring->written > ring->size ? ring->written - ring->size : 0;
    if (*number < oldest) {
        uint64_t kept = *number;
        const struct trace_record *record = kept_next(index, &kept);
        *number = record != NULL && kept < oldest ? kept : oldest;
        if (*number < oldest)
            return record;
    }
    return ring_record(ring, *number);
}

static uint64_t count_records(const struct ring_view *ring, uint32_t index)
{
    uint64_t count = 0;
    for (uint64_t number = 0; next_record(ring, index, &number) != NULL; number++)
        count++;
    return count;
}

static void dump_ring(struct dump *d, uint32_t index)
{
    static const char *const modes[] = {
        [TRACE_OFF] = "off", [TRACE_OVERWRITE] = "overwrite", [TRACE_STOP] = "stop"};
    struct ring_view ring = ring_of_hart(index);
    if (ring.records == NULL)
        return;
    uint64_t count = count_records(&ring, index);
    add(d, "@ring %u mode=%s events=%lu lost=%lu", index, modes[trace_get()], (unsigned long)count,
        (unsigned long)(ring.written - count + ring.refused));
    end_line(d);
    const struct trace_record *record;
    for (uint64_t i = 0; (record = next_record(&ring, index, &i)) != NULL; i++)
        dump_event(d, index, record);
}

bool trace_hold_dumps(void)
{
    return spin_lock_bounded(&lock, 1);
}

void trace_let_dumps(void)
{
    spin_unlock(&lock);
}

void trace_dump(trace_sink_t sink, void *context)
{
    struct dump d = {.sink = sink, .context = context};
    spin_lock(&lock);
    uint32_t harts = hart_count(), vcpus = 0;
    bool recording = atomic_load(&trace_recording);
    atomic_store(&trace_recording, false); /* what is read stays */
    for (uint32_t i = 0; i < harts; i++)
        vcpus += ledger_of_hart(i) != NULL;
    add(&d, "@trace begin version=1 timebase=%lu now=%lu harts=%u vcpus=%u",
        (unsigned long)platform()->timebase, (unsigned long)time_now(), harts, vcpus);
    end_line(&d);
    for (uint32_t i = 0; i < harts; i++)
        dump_gaps(&d, hart_at(i));
    for (uint32_t i = 0; i < harts; i++)
        if (ledger_of_hart(i) != NULL)
            dump_ledger(&d, ledger_of_hart(i));
    for (uint32_t i = 0; i < harts; i++)
        dump_ring(&d, i);
    add(&d, "@trace end lines=%lu", (unsigned long)d.lines);
    end_line(&d);
    atomic_store(&trace_recording, recording);
    spin_unlock(&lock);
}
