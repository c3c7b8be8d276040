/*
 * The output of a command, a row at a time: each is a step of one of the housekeeper's chores
 * (axvm/chores.h). A row is printed when the console has room for it, so none is lost however slow
 * the terminal is, and no hart waits for it.
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

/* The console's hart: prints all rows, soon; `done` is called after the last. A copy of `wanted` is
 * kept. */
void job_start(const struct job *wanted, void (*done)(void));
bool job_runs(void);
/* In a row: it has only looked, and the next one comes in a millisecond. */
void job_wait(void);
/* It has a period. */
bool job_is_live(void);
/* If one runs: `done` is not called. */
void job_cancel(void);
