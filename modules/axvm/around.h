/*
 * What the exits around the turns of the chores take of a vCPU: from the end of a turn to the guest
 * (the interrupt is completed, the exit is booked), and exits in which no turn was due. The vCPU's
 * ledger has it in host.interrupt, among other interrupts of the hart. It is worked out every
 * AROUND_TURNS turns, since a reading of a column costs as much as an exit.
 */
#pragma once
#include <axtrace/trace.h>
#include <stdint.h>

#define AROUND_TURNS 16

struct around {
    const struct ledger *ledger; /* what follows is since this ledger was last read */
    uint64_t count, sum;         /* of its host.interrupt then */
    uint64_t before;      /* ticks of it that were turns' own, since they begin with the exit */
    uint32_t turns, idle; /* turns, and interrupts of the chores' in which none was due */
};

/* The ledger's own hart, in an exit whose time is not booked yet: a turn begins. Returns the ticks
 * that the exits around the turns have taken and that no call has returned before. */
uint64_t around_begin_turn(struct around *around, const struct ledger *ledger);
/* The turn that has begun includes so many ticks that are booked as host.interrupt. */
static inline void around_note_before(struct around *around, uint64_t ticks)
{
    around->before += ticks;
}
static inline void around_note_idle(struct around *around)
{
    around->idle++;
}
