/*
 * flood: reads a line `NAME` from its console and does what it stands for (kinds.c) for `ms=N`, of
 * its own clock: `flood: did NAME COUNT times`. The second hart, which some kinds need, does its
 * part meanwhile.
 */
#include "kinds.h"
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#define LINE 32
#define DOZE_MS 5
#define DRAINED_MS 20 /* before what it says, so that it is not lost in its flood */

static uint64_t timebase;

void fail(const char *what)
{
    sayf("flood: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void wait_ms(uint64_t ms)
{
    uint64_t end = time_now() + timebase * ms / 1000;
    while (time_now() < end) {
    }
}

/* Until a line comes its hart sleeps: what it does not flood is not measured. */
static void doze(void)
{
    csr_write(sie, IRQ_BIT(IRQ_STI));
    sbi_set_timer(time_now() + timebase / 1000 * DOZE_MS);
    sleep_until_pending(IRQ_BIT(IRQ_STI));
    sbi_set_timer(UINT64_MAX);
    kinds_prepare();
}

static const struct kind *find(const char *name)
{
    for (const struct kind *kind = kinds; kind->name != NULL; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

static uint64_t flood(const struct kind *kind, uint64_t ms)
{
    if (kind->meanwhile != NULL)
        harts_begin(kind->meanwhile);
    uint64_t end = time_now() + timebase * ms / 1000, count = 0;
    for (; time_now() < end; count++)
        kind->act();
    if (kind->meanwhile != NULL)
        harts_end();
    return count;
}

static void read_line(char *line)
{
    for (size_t used = 0; used < LINE - 1;) {
        if (sbi_call(SBI_EXT_DBCN, SBI_DBCN_READ, 1, (uintptr_t)&line[used], 0, 0).value != 1) {
            doze();
        } else if (line[used] == '\r') {
            line[used] = '\0';
            return;
        } else {
            used++;
        }
    }
    fail("the line is too long");
}

void bare_main(uint64_t id, const void *fdt)
{
    char line[LINE];
    timebase = harts_prepare(fdt, id);
    kinds_prepare();
    say("flood: here\n");
    uint64_t ms = bootargs_number(fdt, "ms", 1000);
    for (;;) {
        read_line(line);
        const struct kind *kind = find(line);
        if (kind == NULL)
            fail(line);
        uint64_t count = flood(kind, ms);
        wait_ms(DRAINED_MS);
        sayf("\nflood: did %s %" PRIu64 " times\n", kind->name, count);
    }
}
