/*
 * The output of a command, a row at a time. A hart that runs a vCPU is the guest's in between: the
 * console takes no more than a quarter of its time.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Prints row `row`, counted from 0; false: there is none. */
typedef bool (*job_row_t)(uint32_t row);

/* The console's hart: prints all rows, the first one at once. With a period (of `ticks`; 0: none)
 * again and again on a clear screen, until it is cancelled. `done` is called behind the last row.
 */
void job_start(job_row_t row, uint64_t ticks, void (*done)(void));
bool job_runs(void);
/* It has a period. */
bool job_is_live(void);
/* `done` is not called. */
void job_cancel(void);
