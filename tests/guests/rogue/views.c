/* PMU, STA and FWFT: wrong arguments, and what is given and taken back (SBI 3.0 §11, §16, §18). */
#include "cases.h"
#include <lib/bits.h>

#define HOLE 0x500000
#define ALL UINT64_MAX
#define FIRMWARE 32 /* the first firmware counter */
#define PLATFORM SBI_PMU_EVENT(SBI_PMU_TYPE_FIRMWARE, SBI_PMU_FW_PLATFORM)
#define EXITS 0
#define CYCLES 1
#define NULL_CALLS 25

struct view_call {
    const char *name;
    uint64_t extension, function, args[ECALL_MOST];
    long error;
};

static void check_list(const struct view_call *calls, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct sbi_ret r = ecall(calls[i].extension, calls[i].function, ECALL_MOST, calls[i].args);
        check_one(calls[i].name, "error", (uint64_t)r.error, (uint64_t)calls[i].error);
    }
}
#define CHECK_LIST(list) check_list(list, sizeof list / sizeof *list)

static void check_value(const char *name, uint64_t extension, uint64_t function, uint64_t argument,
                        uint64_t expected)
{
    struct sbi_ret r =
        ecall(extension, function, ECALL_MOST, (const uint64_t[ECALL_MOST]){argument});
    check_equal(name, "error, value", VALUES((uint64_t)r.error, (uint64_t)r.value),
                VALUES(SBI_SUCCESS, expected), 2);
}

static uint64_t page[512] __attribute__((aligned(4096)));

static void sta_calls(const struct machine *m)
{
    const uint64_t sta = SBI_EXT_STA, area = (uintptr_t)page;
    const struct view_call calls[] = {
        {"sta, misaligned", sta, 0, {area + 32}, SBI_ERR_INVALID_PARAM},
        {"sta, flags", sta, 0, {area, 0, 1}, SBI_ERR_INVALID_PARAM},
        {"sta off, flags", sta, 0, {ALL, ALL, 1}, SBI_ERR_INVALID_PARAM},
        {"sta in a hole", sta, 0, {HOLE}, SBI_ERR_INVALID_ADDRESS},
        {"sta on a device", sta, 0, {0x10000000}, SBI_ERR_INVALID_ADDRESS},
        {"sta after RAM", sta, 0, {m->ram_end}, SBI_ERR_INVALID_ADDRESS},
        {"sta below RAM", sta, 0, {m->ram_base - 64}, SBI_ERR_INVALID_ADDRESS},
        {"sta beyond 2^64", sta, 0, {area, 1}, SBI_ERR_INVALID_ADDRESS},
        {"sta, low half all ones", sta, 0, {ALL, 0}, SBI_ERR_INVALID_PARAM},
        {"sta, no such function", sta, 1, {area}, SBI_ERR_NOT_SUPPORTED},
        {"sta on", sta, 0, {area}, SBI_SUCCESS},
    };
    CHECK_LIST(calls);
}

static uint64_t null_exit(void)
{
    return (uint64_t)sbi_hart_status(0);
}

/* Steal time grows with exits, and stops with the call that stops it. */
static void sta_grows(void)
{
    const volatile uint64_t *area = page;
    uint64_t before = area[1];
    null_exit();
    null_exit();
    check_one("sta, sequence is even", "it", area[0] & 1, 0);
    check_one("sta grows with exits", "grew", area[1] > before, 1);
    page[0] = ALL; /* a guest's own nonsense */
    null_exit();
    null_exit();
    check_one("sta goes on over nonsense", "grew", area[1] > before, 1);
    ECALL(SBI_EXT_STA, SBI_STA_SET_SHMEM, ALL, ALL);
    before = area[1];
    null_exit();
    null_exit();
    check_one("sta off", "steal", area[1], before);
}

static void fwft_calls(void)
{
    const uint64_t fwft = SBI_EXT_FWFT, set = SBI_FWFT_SET, get = SBI_FWFT_GET;
    const struct view_call calls[] = {
        {"fwft set of reserved 6", fwft, set, {6, 1}, SBI_ERR_DENIED},
        {"fwft get of reserved 2^30-1", fwft, get, {0x3fffffff}, SBI_ERR_DENIED},
        {"fwft set of platform 2^30", fwft, set, {0x40000000, 1}, SBI_ERR_DENIED},
        {"fwft set of global 2^31", fwft, set, {0x80000000, 1}, SBI_ERR_DENIED},
        {"fwft get of 2^32-1", fwft, get, {0xffffffff}, SBI_ERR_DENIED},
        {"fwft, misaligned not delegated", fwft, set, {0, 0}, SBI_SUCCESS},
        {"fwft, misaligned 2^32", fwft, set, {0, 1L << 32}, SBI_ERR_INVALID_PARAM},
        {"fwft, flag 2^32", fwft, set, {0, 0, 1L << 32}, SBI_ERR_INVALID_PARAM},
        {"fwft, misaligned 2", fwft, set, {0, 2}, SBI_ERR_INVALID_PARAM},
        {"fwft, reserved flag", fwft, set, {0, 1, 2}, SBI_ERR_INVALID_PARAM},
        {"fwft, all flags", fwft, set, {0, 1, ALL}, SBI_ERR_INVALID_PARAM},
        {"fwft, double trap", fwft, set, {3, 1}, SBI_ERR_NOT_SUPPORTED},
        {"fwft, misaligned locked", fwft, set, {0, 1, 1}, SBI_SUCCESS},
        {"fwft, locked", fwft, set, {0, 1}, SBI_ERR_DENIED_LOCKED},
        {"fwft, no such function", fwft, 2, {0}, SBI_ERR_NOT_SUPPORTED},
    };
    CHECK_LIST(calls);
    check_value("fwft get of misaligned", fwft, get, 0, 1);
}

static void pmu_calls(const struct machine *m)
{
    const uint64_t pmu = SBI_EXT_PMU, info = SBI_PMU_COUNTER_INFO, start = SBI_PMU_START,
                   stop = SBI_PMU_STOP, match = SBI_PMU_CONFIG_MATCHING,
                   shmem = SBI_PMU_SNAPSHOT_SET_SHMEM, here = (uintptr_t)page;
    const struct view_call calls[] = {
        {"pmu info of time", pmu, info, {1}, SBI_ERR_INVALID_PARAM},
        {"pmu info of counter 48", pmu, info, {48}, SBI_ERR_INVALID_PARAM},
        {"pmu info of counter 2^64-1", pmu, info, {ALL}, SBI_ERR_INVALID_PARAM},
        {"pmu config of no counter", pmu, match, {48, 1, 0, PLATFORM}, SBI_ERR_INVALID_PARAM},
        {"pmu config of all", pmu, match, {0, ALL, 0, PLATFORM}, SBI_ERR_INVALID_PARAM},
        {"pmu config, base 2^64-1", pmu, match, {ALL, 1, 0, PLATFORM}, SBI_ERR_INVALID_PARAM},
        {"pmu config, flags", pmu, match, {32, 1, 256, PLATFORM}, SBI_ERR_INVALID_PARAM},
        {"pmu config, no such data", pmu, match, {32, 1, 0, PLATFORM, 2}, SBI_ERR_NOT_SUPPORTED},
        {"pmu config, no such code", pmu, match, {32, 1, 0, 0xf0100}, SBI_ERR_NOT_SUPPORTED},
        {"pmu config, no such type", pmu, match, {32, 1, 0, 0x50000}, SBI_ERR_NOT_SUPPORTED},
        {"pmu config, 21 bits", pmu, match, {32, 1, 0, 0x1f0006}, SBI_ERR_NOT_SUPPORTED},
        {"pmu start without event", pmu, start, {32, 1}, SBI_ERR_INVALID_PARAM},
        {"pmu start of no counter", pmu, start, {48, 1}, SBI_ERR_INVALID_PARAM},
        {"pmu start, flags", pmu, start, {32, 1, 4}, SBI_ERR_INVALID_PARAM},
        {"pmu stop of one stopped", pmu, stop, {32, 1}, SBI_ERR_ALREADY_STOPPED},
        {"pmu stop of no counter", pmu, stop, {63, 2}, SBI_ERR_INVALID_PARAM},
        {"pmu stop, flags", pmu, stop, {32, 1, 4}, SBI_ERR_INVALID_PARAM},
        {"pmu stop, no snapshot", pmu, stop, {32, 1, 2}, SBI_ERR_NO_SHMEM},
        {"pmu read of cycle", pmu, SBI_PMU_FW_READ, {0}, SBI_ERR_INVALID_PARAM},
        {"pmu read of counter 48", pmu, SBI_PMU_FW_READ, {48}, SBI_ERR_INVALID_PARAM},
        {"pmu high half of counter 48", pmu, SBI_PMU_FW_READ_HI, {48}, SBI_ERR_INVALID_PARAM},
        {"pmu snapshot", pmu, shmem, {here}, SBI_ERR_NOT_SUPPORTED},
        {"pmu snapshot off", pmu, shmem, {ALL, ALL}, SBI_ERR_NOT_SUPPORTED},
        {"pmu events in a hole", pmu, SBI_PMU_EVENT_INFO, {HOLE, 0, 1}, SBI_ERR_INVALID_ADDRESS},
        {"pmu events, 2^60", pmu, SBI_PMU_EVENT_INFO, {here, 0, 1L << 60}, SBI_ERR_INVALID_ADDRESS},
        {"pmu events beyond RAM",
         pmu,
         SBI_PMU_EVENT_INFO,
         {here, 0, (m->ram_end - here) / 16 + 1},
         SBI_ERR_INVALID_ADDRESS},
        {"pmu events, flags", pmu, SBI_PMU_EVENT_INFO, {here, 0, 1, 1}, SBI_ERR_INVALID_PARAM},
        {"pmu, no such function", pmu, 9, {0}, SBI_ERR_NOT_SUPPORTED},
    };
    CHECK_LIST(calls);
}

/* The call that starts is an exit that is not counted any longer, the one that reads is. */
static struct sbi_ret count_null_calls(long *started)
{
    const uint64_t config[ECALL_MOST] = {FIRMWARE, 1, SBI_PMU_CLEAR_VALUE | SBI_PMU_AUTO_START,
                                         PLATFORM, EXITS};
    *started = ecall(SBI_EXT_PMU, SBI_PMU_CONFIG_MATCHING, ECALL_MOST, config).error;
    for (int i = 0; i < NULL_CALLS; i++)
        sbi_call(SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 0, 0, 0, 0);
    struct sbi_ret r = ECALL(SBI_EXT_PMU, SBI_PMU_FW_READ, FIRMWARE, 0);
    ECALL(SBI_EXT_PMU, SBI_PMU_STOP, FIRMWARE, 1, SBI_PMU_STOP_RESET);
    return r;
}

/* An interrupt of the host is an exit too: so it may take another try. */
static void pmu_counts_exits(void)
{
    struct sbi_ret r;
    long started;
    int tries = 0;
    do
        r = count_null_calls(&started);
    while (r.value != NULL_CALLS + 1 && ++tries < 10);
    check_equal("pmu counts exits", "errors, value",
                VALUES((uint64_t)started, (uint64_t)r.error, (uint64_t)r.value),
                VALUES(SBI_SUCCESS, SBI_SUCCESS, NULL_CALLS + 1), 3);
}

extern const char read_cycle_twice[]; /* instruction.c */

/* Whatever the PMU has done with it before. */
static void check_cycle_runs(const char *name)
{
    check_runs(name, read_cycle_twice, 12, SUPERVISOR, 0, 0, 1);
}

static void pmu_gives_and_takes(void)
{
    const uint64_t set = UINT64_C(1) << 62, config[ECALL_MOST] = {0, 1, 0, CYCLES};
    check_one("pmu config of cycles", "error",
              (uint64_t)ecall(SBI_EXT_PMU, 2, ECALL_MOST, config).error, 0);
    struct sbi_ret r = ECALL(SBI_EXT_PMU, SBI_PMU_START, 0, 1, SBI_PMU_START_SET_VALUE, set);
    check_one("pmu start of cycles", "error", (uint64_t)r.error, 0);
    check_cycle_runs("rdcycle with an event");
    r = ECALL(SBI_EXT_PMU, SBI_PMU_STOP, 0, 1, SBI_PMU_STOP_RESET);
    check_one("pmu stop of cycles", "error", (uint64_t)r.error, 0);
    check_one("cycle has the value set", "above", csr_read(cycle) > set, 1);
    check_cycle_runs("rdcycle, event given back");
}

void view_cases(const struct machine *machine)
{
    check_value("probe of pmu", SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_PMU, 1);
    if (calls_opensbi()) /* 1.5 has no STA, another set of counters, and the draft of FWFT */
        return;
    check_value("probe of sta", SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_STA, 1);
    check_value("probe of fwft", SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_FWFT, 1);
    sta_calls(machine);
    sta_grows();
    fwft_calls();
    pmu_calls(machine);
    pmu_counts_exits();
    pmu_gives_and_takes();
}
