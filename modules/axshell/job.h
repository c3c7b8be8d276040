/*
 * The output of a command, a row at a time. A hart that runs a vCPU is the guest's in between: the
 * console takes no more than a quarter of its time.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Prints row `row`, counted from 0; false: it was the last one, or there was none. */
typedef bool (*job_row_t)(uint32_t row);

struct job {
    job_row_t row;
    uint64_t period;         /* ticks; 0: once, else again and again on a clear screen */
    void (*cancelled)(void); /* NULL, or called by job_cancel() */
};

/* The console's hart: prints all rows, the first one at once; `done` is called behind the last. A
 * copy of `wanted` is kept. */
void job_start(const struct job *wanted, void (*done)(void));
bool job_runs(void);
/* It has a period. */
bool job_is_live(void);
/* If one runs: `done` is not called. */
void job_cancel(void);
