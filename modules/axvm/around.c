#include "around.h"
#include <axtrace/ledger_book.h>

/* Pieces that are not the chores' (IPIs, devices that the VM is assigned) count by the mean. */
static uint64_t share_of_chores(const struct around *around, uint64_t count, uint64_t sum)
{
    uint64_t pieces = count - around->count - around->turns, ours = around->turns + around->idle;
    uint64_t ticks = sum - around->sum - around->before;
    bool all_are_ours = ours >= pieces;
    return all_are_ours ? ticks : ticks * ours / pieces;
}

/* The ledger of another life begins anew. */
static bool goes_on(const struct around *around, const struct ledger *ledger, uint64_t count,
                    uint64_t sum)
{
    return ledger == around->ledger && count >= around->count + around->turns &&
           sum >= around->sum + around->before;
}

uint64_t around_begin_turn(struct around *around, const struct ledger *ledger)
{
    uint64_t ticks = 0;
    if (ledger != around->ledger || around->turns == AROUND_TURNS) {
        struct ledger_summary column;
        ledger_read_column(ledger, LEDGER_HOST_INTERRUPT, &column);
        if (goes_on(around, ledger, column.count, column.sum))
            ticks = share_of_chores(around, column.count, column.sum);
        *around = (struct around){ledger, column.count, column.sum, 0, 0, 0};
    }
    around->turns++;
    return ticks;
}
