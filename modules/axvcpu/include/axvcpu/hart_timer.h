/*
 * Timers of the host itself. A hart has one comparator for them and for its vCPU's deadlines
 * (timer.c); it also fires while the hart runs a guest, whose own timer is not touched.
 */
#pragma once
#include <stdint.h>

/* Used by one hart at a time: the one that set it, until it has fired or was set to UINT64_MAX. */
struct hart_timer {
    uint64_t deadline; /* ticks; UINT64_MAX: not set */
    void (*fire)(struct hart_timer *timer);
    struct hart_timer *next; /* of this hart, in no order */
};

/* This hart: `timer->fire` is called on it once time is `deadline` ticks; UINT64_MAX: it is not. */
void hart_timer_set(struct hart_timer *timer, uint64_t deadline);
