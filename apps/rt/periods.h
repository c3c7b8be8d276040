/*
 * The grid of periods. Period k begins at its release, first + k * length, whatever became of those
 * before; its deadline is the next release. One whose work is not done by then is missed.
 */
#pragma once
#include <stdint.h>

struct periods {
    uint64_t length;  /* ticks */
    uint64_t release; /* of the period that is next, or in work: ticks of the time CSR */
    uint64_t count;   /* that have ended, missed ones too */
    uint64_t missed;
};

/* The work of the period in work ended at `now`: on to the next one whose deadline is to come. */
void periods_end(struct periods *p, uint64_t now);
