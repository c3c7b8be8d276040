/* noise: what firmware or emulator take unasked from a hart that does nothing. */
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axtrace/trace.h>
#include <stdatomic.h>
#include "command.h"

#define MOST_MS 1000

static uint64_t ticks;           /* to sample */
static _Atomic uint32_t pending; /* harts that sample */

static void sample(void *unused)
{
    (void)unused;
    bool free = this_hart()->vcpu == NULL; /* one may have come since it was asked for */
    if (free && gaps_sample(ticks) != OK)
        log_warn("hart %lu: no memory to keep its gaps", (unsigned long)this_hart()->id);
    atomic_fetch_sub(&pending, 1);
}

/* This hart takes its turn after the others, which sample at the same time. False: there is none
 * without a vCPU. */
static bool sample_free_harts(void)
{
    bool any = false;
    for (uint32_t i = 0; i < hart_count(); i++) {
        struct hart *hart = hart_at(i);
        if (hart == this_hart() || !hart->online || hart_vcpu(hart) != NULL)
            continue;
        atomic_fetch_add(&pending, 1);
        if (mailbox_post(hart, sample, NULL) == OK)
            any = true;
        else
            atomic_fetch_sub(&pending, 1);
    }
    if (this_hart()->vcpu != NULL)
        return any;
    atomic_fetch_add(&pending, 1);
    sample(NULL);
    return true;
}

static void print_hart(const struct hart *hart)
{
    struct gaps_summary gaps;
    if (gaps_read(hart->index, &gaps))
        print_line("hart %lu: %lu gaps of %lu to %lu ticks, %lu in all%s", (unsigned long)hart->id,
                   (unsigned long)gaps.count, (unsigned long)gaps.least,
                   (unsigned long)gaps.greatest, (unsigned long)gaps.sum,
                   hart_vcpu(hart) != NULL ? " (before it had a vCPU)" : "");
    else
        print_line("hart %lu: was never sampled", (unsigned long)hart->id);
}

/* In the order of the device tree, whichever hart booted. */
static bool print_row(uint32_t row)
{
    if (row >= platform()->hart_count)
        return false;
    const struct hart *hart = hart_by_id(platform()->harts[row].id);
    if (hart != NULL)
        print_hart(hart);
    return true;
}

static bool wait_and_print_row(uint32_t row)
{
    static uint32_t first; /* row that is printed */
    if (row == 0 && !sample_free_harts())
        print_line("noise: every hart has a vCPU, none is sampled; what was seen before:");
    if (row == 0 || atomic_load(&pending) > 0) {
        job_wait();
        first = row + 1;
        return true;
    }
    return print_row(row - first);
}

static void run(const struct words *words)
{
    uint64_t ms;
    if (words->count == 1) {
        shell_print(print_row);
        return;
    }
    if (!arg_number("noise", "MS", words->word[1], 1, MOST_MS, &ms) || !arg_end("noise", words, 2))
        return;
    if (atomic_load(&pending) > 0) { /* one that was cancelled; many would fill a hart's mailbox */
        print_line("noise: another one has not ended yet: expected one at a time");
        return;
    }
    ticks = time_ms_to_ticks(ms);
    shell_print(wait_and_print_row);
}

static const struct help_line more[] = {
    {NULL, "A hart reads the time again and again: what lies between two readings beyond the usual "
           "does not come from the host. All harts were sampled before the VMs started; with MS "
           "(1 to 1000 milliseconds) those without a vCPU are sampled for so long now."},
    {NULL, NULL},
};

const struct command command_noise = {
    "noise", "[MS]", "what firmware or emulator take of each hart", more, run, NULL,
};
