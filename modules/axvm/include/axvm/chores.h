/*
 * The housekeeper's chores: what it does for others, in short steps. On a hart that runs a vCPU
 * they are rationed (axvm/ration.h): the ration is checked between two steps, and when it is used
 * up the vCPU goes on, the UART can't interrupt the hart, and what is left waits until the ration
 * has been filled again. On a hart of no vCPU a turn of chores ends too, so that what is posted to
 * the hart comes in between.
 *
 * All calls: on the housekeeper.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct chore {
    /* A step. True: there is more to do, at once; false: nothing, or nothing now. */
    bool (*step)(struct chore *chore);
    bool ready; /* it is in the list of those that have something to do */
    struct chore *next;
};

/* Puts the chore at the end of the list of those that have something to do. Does not run it. */
void chore_add(struct chore *chore);
/* Takes the chore off that list. */
void chore_drop(struct chore *chore);
/* Runs a turn: steps of the chores, as far as the ration goes; the rest follows by itself. A call
 * in a chore's step returns at once, and the turn goes on with what was added. */
void chores_run(void);

/* Since boot; ticks. What the share and the longest stretch are is in docs/bounds.md. */
struct chores_summary {
    uint64_t turns;          /* on a hart that ran a vCPU */
    uint64_t used_up;        /* of these: ended by the ration */
    uint64_t ticks, longest; /* of these: in all, and the longest */
};
struct chores_summary chores_read(void);
/* The ration: one of so many ticks of a hart, and at most so many microseconds at once. */
#define CHORES_SHARE 16
#define CHORES_LONGEST_US 50
