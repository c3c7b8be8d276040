#include "bars.h"

const char *const bars_percentile_names[BARS_PERCENTILES] = {"50 %", "90 %", "99 %", "99.9 %"};
static const uint32_t per_mille[BARS_PERCENTILES] = {500, 900, 990, 999};

void bars_begin(struct bars *b, uint32_t buckets, uint64_t total)
{
    *b = (struct bars){.merged = buckets > BARS_FEW, .total = total};
}

/* 0 for 0, else the number of its bits. */
static unsigned magnitude(uint64_t value)
{
    return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
}

/* Rounded up, and without an overflow. */
static uint64_t of_total(uint64_t total, uint32_t thousandths)
{
    return total / 1000 * thousandths + (total % 1000 * thousandths + 999) / 1000;
}

static void note_percentiles(struct bars *b, uint64_t highest, uint64_t count)
{
    for (unsigned i = 0; i < BARS_PERCENTILES; i++)
        if (b->seen < of_total(b->total, per_mille[i]))
            b->percentile[i] = highest;
    b->seen += count;
}

static bool joins_last(const struct bars *b, uint64_t lowest)
{
    if (b->rows == 0)
        return false;
    return b->rows == BARS_ROWS ||
           (b->merged && magnitude(b->row[b->rows - 1].lowest) == magnitude(lowest));
}

void bars_add(struct bars *b, uint64_t lowest, uint64_t highest, uint64_t count)
{
    note_percentiles(b, highest, count);
    if (!joins_last(b, lowest)) {
        b->row[b->rows++] = (struct bar){lowest, highest, count};
        return;
    }
    b->row[b->rows - 1].highest = highest;
    b->row[b->rows - 1].count += count;
}

uint32_t bars_length(const struct bars *b, uint32_t row)
{
    uint64_t most = 1, count = b->row[row].count;
    for (uint32_t i = 0; i < b->rows; i++)
        if (b->row[i].count > most)
            most = b->row[i].count;
    for (; most >> 32 != 0; most >>= 1)
        count >>= 1;
    uint64_t length = count * BARS_WIDTH / most;
    return length == 0 ? 1 : (uint32_t)length;
}
