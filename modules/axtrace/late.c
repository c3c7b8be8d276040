/* Late timers: their histogram, and how the blame is spread. */
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>
#include "parts.h"

static enum trace_blame greatest_part(const uint64_t parts[TRACE_BLAMES])
{
    unsigned greatest = 0;
    for (unsigned i = 1; i < TRACE_BLAMES; i++)
        if (parts[i] > parts[greatest])
            greatest = i;
    return greatest;
}

static void count_late(struct ledger_late *late, uint64_t ticks)
{
    uint32_t bucket = histogram_bucket(ticks);
    late->buckets[bucket < ARRAY_SIZE(late->buckets) ? bucket : ARRAY_SIZE(late->buckets) - 1]++;
    late->least = late->count == 0 || ticks < late->least ? ticks : late->least;
    late->sum += ticks;
    late->count++;
}

void ledger_late(struct ledger *ledger, uint64_t deadline, const uint64_t parts[TRACE_BLAMES],
                 enum ledger_column column)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    ledger_assert_own(ledger);
    struct ledger_late *late = &ledger->late;
    uint64_t ticks = 0;
    for (unsigned i = 0; i < TRACE_BLAMES; i++) {
        ticks += parts[i];
        late->blamed[i] += parts[i];
    }
    count_late(late, ticks);
    if (late->count == 1 || ticks > late->greatest) {
        late->greatest = ticks;
        late->worst_deadline = deadline;
        late->worst_column = column;
        memcpy(late->worst_parts, parts, sizeof late->worst_parts);
        ledger_take_sample(ledger, &late->worst, deadline + ticks);
    }
    trace_late(ledger, deadline, ticks, greatest_part(parts), column);
}
