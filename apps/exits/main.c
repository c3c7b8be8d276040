/*
 * exits: what an exit of each kind takes, one line each, `BENCH name value unit`
 * (apps/jitter/report.h).
 *
 * A figure is what a loop of the exiting instruction takes longer than the same loop of a nop:
 * under -icount the instructions that others execute, 0 if there is no exit. Where the guest gets a
 * trap, the four instructions of its own vector are in it. The shortest of several loops counts.
 * NAME_max is the longest of many loops of one round, to a tick of the clock.
 *
 * With `path=NAME` on the command line it takes that exit some times and measures nothing: for make
 * profile, which looks at the instructions themselves.
 */
#include "../jitter/report.h"
#include "paths.h"
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <stdbool.h>
#include <stdio.h>

#define ROUNDS 1024
#define LOOPS 3
#define PROFILED 64
#define NAME_SIZE 48

const char program_name[] = "exits";

extern char skip_trap[];

static uint64_t time_loop(const struct path *path, loop_t loop)
{
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < LOOPS; i++) {
        uint64_t start = time_now();
        loop(path->registers, ROUNDS);
        uint64_t ticks = time_now() - start;
        least = ticks < least ? ticks : least;
    }
    return least;
}

static uint64_t time_once(const struct path *path, loop_t loop)
{
    uint64_t start = time_now();
    loop(path->registers, 1);
    return time_now() - start;
}

/* The longest of many, each by itself: what the mean hides. */
static uint64_t time_longest(const struct path *path)
{
    uint64_t without = UINT64_MAX, longest = 0;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t nop = time_once(path, loop_nop), exit = time_once(path, path->loop);
        without = nop < without ? nop : without;
        longest = exit > longest ? exit : longest;
    }
    return longest - without;
}

static void measure(const struct path *path)
{
    char name[NAME_SIZE];
    uint64_t with = time_loop(path, path->loop), without = time_loop(path, loop_nop);
    report_mean(path->name, with > without ? with - without : 0, ROUNDS);
    snprintf(name, sizeof name, "%s_max", path->name);
    report_mean(name, time_longest(path), 1);
}

static bool is_chosen(const struct path *path, const void *fdt)
{
    char word[NAME_SIZE];
    snprintf(word, sizeof word, "path=%s", path->name);
    return bootargs_has(fdt, word);
}

/* Does nothing if the command line names no path. */
static void profile(const void *fdt)
{
    for (const struct path *path = paths; path->name; path++)
        if (is_chosen(path, fdt)) {
            path->loop(path->registers, PROFILED);
            report_done();
        }
}

void bare_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    machine_read(&machine, fdt, id);
    report_calibrate(machine.timebase);
    csr_write(sie, IRQ_BIT(IRQ_SSI)); /* pending after the IPI, so that wfi does not wait */
    csr_write(stvec, (uintptr_t)skip_trap);
    profile(fdt);
    for (const struct path *path = paths; path->name; path++)
        measure(path);
    csr_write(sie, 0); /* a firmware that ends in wfi sleeps in it, and leaves QEMU a processor */
    report_done();
}
