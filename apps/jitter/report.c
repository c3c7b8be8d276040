/* Units, lines and the end; see report.h. */
#include "report.h"
#include "stats.h"
#include <axbare/arch/csr.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define NS_PER_S UINT64_C(1000000000)
#define LINE_SIZE 160
#define WORST 5 /* samples of a distribution that are printed with their time */

static uint64_t ticks_per_s;
static uint64_t unit_ns = 1;
static const char *unit_name = "ns";

static void print_figure(const char *name, const char *suffix, uint64_t value, const char *unit)
{
    sayf("BENCH %s%s %" PRIu64 " %s\n", name, suffix, value, unit);
}

static uint64_t ticks_to_ns(uint64_t ticks)
{
    return ticks * NS_PER_S / ticks_per_s;
}

static uint64_t to_unit(uint64_t ticks, uint64_t count)
{
    uint64_t whole = unit_ns * count;
    return (ticks_to_ns(ticks) + whole / 2) / whole;
}

/* Time of 2 * `rounds` instructions, in ns. */
static uint64_t time_instructions(uint64_t rounds)
{
    uint64_t start = time_now();
    __asm__ volatile("1: addi %0, %0, -1; bnez %0, 1b" : "+r"(rounds));
    return ticks_to_ns(time_now() - start);
}

static bool is_near(uint64_t value, uint64_t expected, uint64_t slack)
{
    return value + slack >= expected && value <= expected + slack;
}

void report_calibrate(uint64_t timebase)
{
    const uint64_t rounds = 1 << 16, instructions = 2 * rounds;
    ticks_per_s = timebase;
    time_instructions(rounds); /* the emulator's translation of the loop */
    uint64_t first = time_instructions(rounds), second = time_instructions(rounds);
    uint64_t ns = (first + instructions / 2) / instructions;
    uint64_t expected = ns * instructions, slack = expected / 1000 + NS_PER_S / timebase;
    bool power_of_two = ns != 0 && (ns & (ns - 1)) == 0;
    /* Twice the same, and a power of two: a real clock does not do that. */
    if (power_of_two && is_near(first, expected, slack) && is_near(second, expected, slack)) {
        unit_ns = ns;
        unit_name = "insn";
    }
}

void report_mean(const char *name, uint64_t ticks, uint64_t count)
{
    print_figure(name, "", to_unit(ticks, count), unit_name);
}

void report_exits(const char *name, uint64_t exits)
{
    print_figure(name, "", exits, "exits");
}

/* The index of the largest sample that comes after the one at `bound` in falling order; `count` as
 * `bound` stands for none yet, and as the result for none left. */
static size_t next_worst(const uint64_t *samples, size_t count, size_t bound)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        bool below = bound == count || samples[i] < samples[bound] ||
                     (samples[i] == samples[bound] && i > bound);
        if (below && (best == count || samples[i] > samples[best]))
            best = i;
    }
    return best;
}

void report_worst(const char *name, const uint64_t *due, const uint64_t *samples, size_t count)
{
    size_t at = count;
    for (int i = 0; i < WORST && (at = next_worst(samples, count, at)) < count; i++) {
        uint64_t late = to_unit(samples[at], 1);
        sayf("SPIKE %s %" PRIu64 " %" PRIu64 " %s\n", name, due[at], late, unit_name);
    }
}

/* Lines `HIST name unit value:count …`, of samples in rising order. */
static void print_histogram(const char *name, const uint64_t *sorted, size_t count)
{
    char pairs[LINE_SIZE];
    size_t length = 0;
    for (size_t i = 0, next; i < count; i = next) {
        uint64_t value = to_unit(sorted[i], 1);
        for (next = i + 1; next < count && to_unit(sorted[next], 1) == value;)
            next++;
        length += (size_t)snprintf(pairs + length, sizeof pairs - length, " %" PRIu64 ":%zu", value,
                                   next - i);
        if (length > LINE_SIZE / 2 || next == count) {
            sayf("HIST %s %s%s\n", name, unit_name, pairs);
            length = 0;
        }
    }
}

/* Of too few samples a percentile is the greatest once more. */
static bool has_percentile(size_t count, unsigned percent)
{
    return percent == 100 || count * (100 - percent) >= 100;
}

void report_distribution(const char *name, uint64_t *samples, size_t count)
{
    static const struct {
        const char *suffix;
        unsigned percent;
    } columns[] = {{"_min", 0}, {"_p50", 50}, {"_p99", 99}, {"_max", 100}};
    stats_sort(samples, count);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (has_percentile(count, columns[i].percent))
            print_figure(name, columns[i].suffix,
                         to_unit(stats_percentile(samples, count, columns[i].percent), 1),
                         unit_name);
    print_histogram(name, samples, count);
}

void fail(const char *what)
{
    sayf("%s: %s\n", program_name, what);
    print_figure("done", "", 1, "status");
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

void report_done(void)
{
    print_figure("done", "", 0, "status");
    shut_down(SBI_SRST_NO_REASON);
}
