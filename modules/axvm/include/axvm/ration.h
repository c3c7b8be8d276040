/*
 * A ration of time: a bucket that fills at a share of the clock's rate, up to the longest stretch
 * that may be taken at once. A user that takes more is in debt, and waits for that much longer. In
 * the long run all users together take at most the share. A stretch is longer only by its last
 * step. Pure; times in ticks.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct ration {
    uint64_t share;  /* one of so many ticks */
    int64_t most;    /* in the bucket */
    int64_t left;    /* < 0: debt */
    uint64_t filled; /* the bucket's state is that of this time */
};

/* Adds what has come in since the last call of either; adds 0 if `now` is before that. */
void ration_fill(struct ration *ration, uint64_t now);
/* Takes the time from the last call of either up to `now`. */
void ration_take(struct ration *ration, uint64_t now);
/* Takes ticks that were used before and that no call has counted. */
void ration_owe(struct ration *ration, uint64_t ticks);
static inline bool ration_is_left(const struct ration *ration)
{
    return ration->left > 0;
}
/* Returns when the bucket will be full if no time is taken. */
uint64_t ration_full_at(const struct ration *ration);
