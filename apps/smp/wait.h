/* Waits of the boot hart: each has an end, so a lost function can't hang the app. */
#pragma once
#include <axhal/hart.h>
#include <stdbool.h>

typedef bool (*condition_fn)(const void *context);

/* Boot hart, once: the timer that ends a park. */
void waits_init(void);
/* Looks again and again; false if it does not hold within HART_PATIENCE_MS. */
bool wait_until(condition_fn holds, const void *context);
/* Sleeps in wfi between the looks and runs what is posted to this hart. */
bool park_until(condition_fn holds, const void *context);
