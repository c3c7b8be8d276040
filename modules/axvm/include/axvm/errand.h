/*
 * A long work for a hart that runs no vCPU, such as the first hart of a VM that is made, wiped or
 * freed: in steps, a millisecond of them at a time. Between two turns the hart takes what is posted
 * to it and its interrupts, since it may be the housekeeper's.
 */
#pragma once
#include <axhal/hart.h>
#include <axvcpu/hart_timer.h>
#include <lib/err.h>
#include <stdbool.h>

struct errand {
    /* A step, on the hart. True: there is more; false: it is done, and may be gone by now. */
    bool (*step)(struct errand *errand);
    struct hart_timer timer;
};

/* Any hart: `hart`, which runs no vCPU until it is done, takes its steps. The errors of
 * mailbox_post(). */
enum err errand_post(struct hart *hart, struct errand *errand);
