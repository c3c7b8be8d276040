/*
 * What jitter and exits print: one line a figure, `BENCH name value unit`, over the SBI console;
 * and of a distribution also `HIST name unit value:count …` and `SPIKE name due value unit`.
 *
 * Time is measured in ticks of the time CSR. Under QEMU's -icount every instruction, at any
 * privilege level, takes the same power of two of nanoseconds; report_calibrate() finds that out
 * and figures are then in instructions ("insn"). On other clocks they are in nanoseconds ("ns").
 */
#pragma once
#include <axbare/say.h>
#include <stddef.h>
#include <stdint.h>

/* Each program defines its name. */
extern const char program_name[];

/* Measures what an instruction takes; `timebase` in Hz. Called before any figure. */
void report_calibrate(uint64_t timebase);

/* Prints the mean of `count` events that took `ticks` altogether, to the nearest unit. */
void report_mean(const char *name, uint64_t ticks, uint64_t count);

/* Prints a number of exits from a VM. */
void report_exits(const char *name, uint64_t exits);

/*
 * Prints the five largest `samples` (ticks) with the time that each event was due at (ticks): the
 * hypervisor's ledger and rings have the same clock.
 */
void report_worst(const char *name, const uint64_t *due, const uint64_t *samples, size_t count);
/* Sorts `samples` (ticks), prints NAME_min, _p50, _p99 and _max, and how often each value came. */
void report_distribution(const char *name, uint64_t *samples, size_t count);

/* Prints `BENCH done 0 status` and shuts the machine down. fail() prints `NAME: WHAT` and
 * `BENCH done 1 status` before it does. */
_Noreturn void report_done(void);
