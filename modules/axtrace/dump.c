/*
 * Everything as text: docs/trace-format.md. A dump is thousands of lines, and its caller may be a
 * guest's hart: so it is made in steps. A stage is a function that does one step, a line at most,
 * and names the next stage.
 */
#include <axhal/time.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "parts.h"

#define PAIRS_PER_LINE 16

#define READ_STEPS 100 /* until a ledger that changes all the time is shown as it is */
#define SCANNED 256    /* buckets, or records that are counted, in a step */

struct dump {
    void (*stage)(struct dump *d);
    trace_sink_t sink;
    void *context;
    uint64_t lines;
    char line[TRACE_LINE_SIZE];
    unsigned length;
    bool recorded; /* before */
    uint32_t harts, hart;
    const struct ledger *ledger; /* of this hart */
    unsigned column;
    unsigned reads; /* of the ledger, in which no moment was caught */
    /* Pairs of a histogram, to be followed by `then`. */
    bool (*bucket)(const struct dump *d, uint32_t index, uint64_t *lowest, uint64_t *count);
    void (*then)(struct dump *d);
    char prefix[64];
    uint32_t index;
    unsigned pairs;
    uint64_t record, records; /* of a ring: the next one, and how many there are */
    struct ledger_view view;
};

/* One at a time, of which one hart at a time makes steps. */
static struct dump the_dump;
static _Atomic uint32_t busy; /* with a dump, or ledgers are being freed */

__attribute__((format(printf, 2, 3))) static void add(struct dump *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(d->line + d->length, TRACE_LINE_SIZE - d->length, format, arguments);
    va_end(arguments);
    d->length += n > 0 ? (unsigned)n : 0;
    if (d->length > TRACE_LINE_SIZE - 3)
        d->length = TRACE_LINE_SIZE - 3;
}

static void end_line(struct dump *d)
{
    DEBUG_ASSERT(d->length <= TRACE_LINE_SIZE - 2);
    d->line[d->length++] = '\r';
    d->line[d->length++] = '\n';
    d->sink(d->context, d->line, d->length);
    d->length = 0;
    d->lines++;
}

/* Calls bucket() until it says that there is no such index. */
static void stage_pairs(struct dump *d)
{
    uint64_t lowest, count;
    for (unsigned n = 0; n < SCANNED; n++, d->index++) {
        if (!d->bucket(d, d->index, &lowest, &count)) {
            if (d->pairs > 0)
                end_line(d);
            d->stage = d->then;
            return;
        }
        if (count == 0)
            continue;
        if (d->pairs == PAIRS_PER_LINE) {
            end_line(d);
            d->pairs = 0;
            return;
        }
        if (d->pairs++ == 0)
            add(d, "%s", d->prefix);
        add(d, " %lu:%lu", (unsigned long)lowest, (unsigned long)count);
    }
}

/* After the line with d->prefix set. */
static void begin_pairs(struct dump *d,
                        bool (*bucket)(const struct dump *, uint32_t, uint64_t *, uint64_t *),
                        void (*then)(struct dump *))
{
    d->bucket = bucket;
    d->then = then;
    d->index = d->pairs = 0;
    d->stage = stage_pairs;
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

static bool short_bucket(const uint32_t *buckets, uint32_t index, uint64_t *lowest, uint64_t *count)
{
    if (index >= HISTOGRAM_BUCKETS(LEDGER_SHORT_BITS))
        return false;
    *lowest = histogram_lowest(index);
    *count = buckets[index];
    return true;
}

static void stage_ring(struct dump *d);
static void stage_vcpu(struct dump *d);

static void next_vcpu(struct dump *d)
{
    d->hart++;
    d->stage = stage_vcpu;
}

static void stage_violation(struct dump *d)
{
    const struct ledger *l = d->ledger;
    struct quiet_violation v;
    if (d->column == LEDGER_COLUMNS) {
        next_vcpu(d);
        return;
    }
    unsigned column = d->column++;
    if (!quiet_read_column(l, column, &v))
        return;
    add(d, "@violation %u.%u %s count=%lu sum=%lu max=%lu", l->vm, l->vcpu,
        ledger_column_name(column), (unsigned long)v.count, (unsigned long)v.ticks,
        (unsigned long)v.longest);
    add_sample(d, &v.first);
}

static void stage_quiet(struct dump *d)
{
    const struct ledger *l = d->ledger;
    struct quiet_summary quiet = {0};
    if (l->quiet != NULL)
        quiet = quiet_read(l->quiet);
    if (quiet.phase != QUIET_ON && quiet.phase != QUIET_ENDED) {
        next_vcpu(d);
        return;
    }
    add(d, "@quiet %u.%u on=%u begun=%lu ended=%lu", l->vm, l->vcpu, quiet.phase == QUIET_ON,
        (unsigned long)quiet.begun, (unsigned long)quiet.ended);
    end_line(d);
    d->column = 0;
    d->stage = stage_violation;
}

#define TRACE_BLAME_KEY(symbol, key, name) [TRACE_BLAME_##symbol] = (key),
static const char *const blame_keys[TRACE_BLAMES] = {TRACE_BLAME_LIST(TRACE_BLAME_KEY)};

static void add_blames(struct dump *d, const uint64_t parts[TRACE_BLAMES])
{
    for (unsigned i = 0; i < TRACE_BLAMES; i++)
        add(d, " %s=%lu", blame_keys[i], (unsigned long)parts[i]);
    end_line(d);
}

static void stage_late_worst(struct dump *d)
{
    const struct ledger *l = d->ledger;
    const struct ledger_late *late = &l->late;
    const struct ledger_sample *w = &late->worst;
    add(d, "@lateworst %u.%u deadline=%lu column=%s exits=%lu pc=0x%lx cause=0x%lx", l->vm, l->vcpu,
        (unsigned long)late->worst_deadline, ledger_column_name(late->worst_column),
        (unsigned long)w->exits, (unsigned long)w->pc, (unsigned long)w->cause);
    add_blames(d, late->worst_parts);
    d->stage = stage_quiet;
}

static bool late_bucket(const struct dump *d, uint32_t index, uint64_t *lowest, uint64_t *count)
{
    return short_bucket(d->ledger->late.buckets, index, lowest, count);
}

static void stage_late(struct dump *d)
{
    const struct ledger *l = d->ledger;
    const struct ledger_late *late = &l->late;
    d->stage = stage_quiet;
    if (late->count == 0)
        return;
    add(d, "@late %u.%u count=%lu sum=%lu min=%lu max=%lu", l->vm, l->vcpu,
        (unsigned long)late->count, (unsigned long)late->sum, (unsigned long)late->least,
        (unsigned long)late->greatest);
    add_blames(d, late->blamed);
    snprintf(d->prefix, sizeof d->prefix, "@latehist %u.%u", l->vm, l->vcpu);
    begin_pairs(d, late_bucket, stage_late_worst);
}

static void stage_column(struct dump *d);

static void stage_worst(struct dump *d)
{
    const struct ledger *l = d->ledger;
    const struct ledger_summary *s = &d->view.columns[d->column];
    if (s->count > 0) {
        add(d, "@worst %u.%u %s", l->vm, l->vcpu, ledger_column_name(d->column));
        add_sample(d, &s->worst);
    }
    d->column++;
    d->stage = stage_column;
}

static bool column_bucket(const struct dump *d, uint32_t index, uint64_t *lowest, uint64_t *count)
{
    return ledger_bucket(d->ledger, d->column, index, lowest, count);
}

static void stage_column(struct dump *d)
{
    const struct ledger *l = d->ledger;
    while (d->column < LEDGER_COLUMNS && d->view.columns[d->column].sum == 0 &&
           d->view.columns[d->column].count == 0)
        d->column++;
    if (d->column == LEDGER_COLUMNS) {
        d->stage = stage_late;
        return;
    }
    const struct ledger_summary *s = &d->view.columns[d->column];
    const char *name = ledger_column_name(d->column);
    add(d, "@column %u.%u %s count=%lu sum=%lu min=%lu max=%lu", l->vm, l->vcpu, name,
        (unsigned long)s->count, (unsigned long)s->sum, (unsigned long)s->min,
        (unsigned long)s->max);
    end_line(d);
    snprintf(d->prefix, sizeof d->prefix, "@hist %u.%u %s", l->vm, l->vcpu, name);
    begin_pairs(d, column_bucket, stage_worst);
}

static void stage_vcpu(struct dump *d)
{
    if (d->hart == d->harts) {
        d->hart = 0;
        d->stage = stage_ring;
        return;
    }
    const struct ledger *l = d->ledger = ledger_of_hart(d->hart);
    if (l == NULL) {
        next_vcpu(d);
        return;
    }
    bool exact = ledger_read(l, &d->view);
    if (!exact && ++d->reads < READ_STEPS)
        return;
    d->reads = 0;
    add(d, "@vcpu %u.%u vm=%s hart=%u start=%lu now=%lu exits=%lu exact=%u", l->vm, l->vcpu,
        l->vm_name, l->hart, (unsigned long)d->view.start, (unsigned long)d->view.now,
        (unsigned long)read_once(l->exits), exact);
    end_line(d);
    d->column = 0;
    d->stage = stage_column;
}

static bool gap_bucket(const struct dump *d, uint32_t index, uint64_t *lowest, uint64_t *count)
{
    return short_bucket(gaps_of_hart(d->hart)->buckets, index, lowest, count);
}

static void stage_gaps(struct dump *d);

static void next_gaps(struct dump *d)
{
    d->hart++;
    d->stage = stage_gaps;
}

static void stage_gaps(struct dump *d)
{
    if (d->hart == d->harts) {
        d->hart = 0;
        d->stage = stage_vcpu;
        return;
    }
    const struct hart *hart = hart_at(d->hart);
    const struct gaps *g = gaps_of_hart(hart->index);
    add(d, "@hart %u id=%lu", hart->index, (unsigned long)hart->id);
    if (g == NULL) {
        end_line(d);
        next_gaps(d);
        return;
    }
    add(d, " gaps=%lu min=%lu max=%lu sum=%lu", (unsigned long)g->count, (unsigned long)g->least,
        (unsigned long)g->greatest, (unsigned long)g->sum);
    end_line(d);
    snprintf(d->prefix, sizeof d->prefix, "@gap %u", hart->index);
    begin_pairs(d, gap_bucket, next_gaps);
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

static void stage_end(struct dump *d)
{
    add(d, "@trace end lines=%lu", (unsigned long)d->lines);
    end_line(d);
    d->stage = NULL;
}

static void stage_event(struct dump *d)
{
    struct ring_view ring = ring_of_hart(d->hart);
    const struct trace_record *record = next_record(&ring, d->hart, &d->record);
    if (record == NULL) {
        d->hart++;
        d->stage = stage_ring;
        return;
    }
    dump_event(d, d->hart, record);
    d->record++;
}

static void begin_ring(struct dump *d, const struct ring_view *ring)
{
    static const char *const modes[] = {
        [TRACE_OFF] = "off", [TRACE_OVERWRITE] = "overwrite", [TRACE_STOP] = "stop"};
    add(d, "@ring %u mode=%s events=%lu lost=%lu", d->hart, modes[trace_get()],
        (unsigned long)d->records, (unsigned long)(ring->written - d->records + ring->refused));
    end_line(d);
    d->record = 0;
    d->stage = stage_event;
}

static void stage_count(struct dump *d)
{
    struct ring_view ring = ring_of_hart(d->hart);
    for (unsigned n = 0; n < SCANNED; n++, d->record++, d->records++) {
        if (next_record(&ring, d->hart, &d->record) == NULL) {
            begin_ring(d, &ring);
            return;
        }
    }
}

static void stage_ring(struct dump *d)
{
    if (d->hart == d->harts) {
        d->stage = stage_end;
        return;
    }
    if (ring_of_hart(d->hart).records == NULL) {
        d->hart++;
        return;
    }
    d->record = d->records = 0;
    d->stage = stage_count;
}

static void stage_begin(struct dump *d)
{
    uint32_t vcpus = 0;
    for (uint32_t i = 0; i < d->harts; i++)
        vcpus += ledger_of_hart(i) != NULL;
    add(d, "@trace begin version=1 timebase=%lu now=%lu harts=%u vcpus=%u",
        (unsigned long)platform()->timebase, (unsigned long)time_now(), d->harts, vcpus);
    end_line(d);
    d->stage = stage_gaps;
}

bool trace_hold_dumps(void)
{
    return atomic_exchange(&busy, 1) == 0;
}

void trace_let_dumps(void)
{
    ASSERT(atomic_load(&busy) != 0);
    atomic_store(&busy, 0);
}

/* What is read does not change: recording is off meanwhile. */
bool trace_dump_begin(trace_sink_t sink, void *context)
{
    ASSERT(sink != NULL);
    if (!trace_hold_dumps())
        return false;
    memset(&the_dump, 0, sizeof the_dump);
    the_dump.stage = stage_begin;
    the_dump.sink = sink;
    the_dump.context = context;
    the_dump.harts = hart_count();
    the_dump.recorded = atomic_load(&trace_recording);
    atomic_store(&trace_recording, false);
    return true;
}

void trace_dump_leave(void)
{
    atomic_store(&trace_recording, the_dump.recorded);
    trace_let_dumps();
}

bool trace_dump_step(void)
{
    ASSERT(atomic_load(&busy) != 0 && the_dump.stage != NULL);
    the_dump.stage(&the_dump);
    if (the_dump.stage != NULL)
        return true;
    trace_dump_leave();
    return false;
}
