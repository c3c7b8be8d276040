/*
 * PMU (SBI 3.0 §11). A wrong argument is refused with nothing done. A set with a counter that is
 * started or stopped already is an error too (§11.9, §11.10), but the others of it are served, as
 * kernels expect that stop all counters at once, or reset one that they have stopped.
 */
#include "pmu.h"

/* §11: base and mask name counters; false if one of them does not exist. */
static bool counter_set(const struct sbi_call *call, uint64_t *set)
{
    const uint64_t base = call->args[0], mask = call->args[1];
    *set = 0;
    if (mask == 0)
        return true;
    if (base >= PMU_COUNTERS || (mask << base) >> base != mask)
        return false;
    *set = mask << base;
    return (*set & ~pmu_all()) == 0;
}

static struct sbi_outcome info(uint64_t n)
{
    if (n >= PMU_COUNTERS || !(pmu_all() & BIT(n)))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (n >= PMU_HARDWARE)
        return sbi_done(SBI_PMU_INFO_FIRMWARE | SBI_PMU_INFO_WIDTH);
    return sbi_done(pmu_hardware_info((unsigned)n));
}

/* To begin with it costs the ledger a sum over all that it has, so it is not ended with the
 * counter: kernels take a counter and give it back at each switch of tasks. */
static void watch_stolen(const struct sbi_call *call, struct pmu *pmu)
{
    pmu->counts_stolen = true;
    steal_watch(sbi_hart_of(call), call->vcpu);
}

static struct sbi_outcome configure(const struct sbi_call *call, struct pmu *pmu)
{
    const uint64_t flags = call->args[2], event = call->args[3], data = call->args[4];
    uint64_t set;
    if (!counter_set(call, &set) || (flags & ~(uint64_t)SBI_PMU_CONFIG_FLAGS))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (event == SBI_PMU_EVENT(SBI_PMU_TYPE_FIRMWARE, SBI_PMU_FW_PLATFORM) &&
        data == PMU_EVENT_STOLEN)
        watch_stolen(call, pmu);
    long n = pmu_configure(call->vcpu, pmu, set, flags, event, data);
    return n >= 0 ? sbi_done((uint64_t)n) : sbi_refuse((enum sbi_error)n);
}

/* Of the counters of a call, how many have something done in one part: as many firmware counters,
 * or one hardware counter, for which the firmware is called several times. */
#define COUNTERS_OF_A_PART 4

/* One counter of a set, by its number; what it gets is an error of the call. */
typedef enum sbi_error (*one_fn)(const struct sbi_call *call, struct pmu *pmu, unsigned n);

/* In parts, the lowest first: of `progress->done`, a mask, each has been served. */
static struct sbi_outcome for_each(const struct sbi_call *call, struct pmu *pmu, uint64_t set,
                                   one_fn serve)
{
    struct sbi_progress *progress = sbi_progress_of(call);
    unsigned spent = 0;
    uint64_t rest = set & ~progress->done;
    for (unsigned n = 0; rest != 0; n++, rest >>= 1) {
        if (!(rest & 1))
            continue;
        if (spent >= COUNTERS_OF_A_PART)
            return sbi_again(progress);
        if (pmu->counters[n].configured)
            spent += n < PMU_HARDWARE ? COUNTERS_OF_A_PART : 1;
        const enum sbi_error error = serve(call, pmu, n);
        progress->error = error != SBI_SUCCESS ? error : progress->error;
        progress->done |= BIT(n);
    }
    return progress->error == SBI_SUCCESS ? sbi_done(0)
                                          : sbi_refuse((enum sbi_error)progress->error);
}

static enum sbi_error start_one(const struct sbi_call *call, struct pmu *pmu, unsigned n)
{
    const bool sets = (call->args[2] & SBI_PMU_START_SET_VALUE) != 0;
    if (pmu->counters[n].started)
        return SBI_ERR_ALREADY_STARTED;
    return (enum sbi_error)pmu_start(call->vcpu, pmu, n, sets ? &call->args[3] : NULL);
}

static bool all_configured(const struct pmu *pmu, uint64_t set)
{
    for (const struct pmu_counter *c = pmu->counters; set != 0; c++, set >>= 1)
        if ((set & 1) && !c->configured)
            return false;
    return true;
}

/* §11.9: of the two ways to set a value one alone is meant. A counter without an event is none. */
static struct sbi_outcome start(const struct sbi_call *call, struct pmu *pmu)
{
    const uint64_t both = SBI_PMU_START_SET_VALUE | SBI_PMU_START_SNAPSHOT, flags = call->args[2];
    uint64_t set;
    if ((flags & ~both) || flags == both || !counter_set(call, &set) || !all_configured(pmu, set))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (flags & SBI_PMU_START_SNAPSHOT)
        return sbi_refuse(SBI_ERR_NO_SHMEM);
    return for_each(call, pmu, set, start_one);
}

static enum sbi_error stop_one(const struct sbi_call *call, struct pmu *pmu, unsigned n)
{
    if (!pmu->counters[n].configured)
        return SBI_ERR_ALREADY_STOPPED;
    long error = SBI_ERR_ALREADY_STOPPED;
    if (pmu->counters[n].started)
        error = pmu_stop(call->vcpu, pmu, n);
    if (call->args[2] & SBI_PMU_STOP_RESET)
        pmu_release(pmu, n);
    return (enum sbi_error)error;
}

/*
 * There is no snapshot area (§11.13: "optional"). Linux 6.10 and later, which takes it where it is
 * offered, does not set it again for a hart that was stopped in between, and then trusts what is
 * not written there; without it the same kernels read the counters.
 */
static struct sbi_outcome stop(const struct sbi_call *call, struct pmu *pmu)
{
    const uint64_t known = SBI_PMU_STOP_RESET | SBI_PMU_STOP_SNAPSHOT, flags = call->args[2];
    uint64_t set;
    if ((flags & ~known) || !counter_set(call, &set))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (flags & SBI_PMU_STOP_SNAPSHOT)
        return sbi_refuse(SBI_ERR_NO_SHMEM);
    return for_each(call, pmu, set, stop_one);
}

/* §11.11, §11.12: of 64 bits the upper half is read in one go with the lower. */
static struct sbi_outcome read_firmware(const struct sbi_call *call, const struct pmu *pmu)
{
    const uint64_t n = call->args[0];
    if (n < PMU_HARDWARE || n >= PMU_COUNTERS)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (call->function == SBI_PMU_FW_READ_HI)
        return sbi_done(0);
    return sbi_done(pmu_read(call->vcpu, pmu, (unsigned)n));
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    struct pmu *pmu = &sbi_hart_of(call)->pmu;
    switch (call->function) {
    case SBI_PMU_NUM_COUNTERS:
        return sbi_done(PMU_COUNTERS);
    case SBI_PMU_COUNTER_INFO:
        return info(call->args[0]);
    case SBI_PMU_CONFIG_MATCHING:
        return pmu_give_back(pmu) ? sbi_no_room() : configure(call, pmu);
    case SBI_PMU_START:
        return pmu_give_back(pmu) ? sbi_no_room() : start(call, pmu);
    case SBI_PMU_STOP:
        return pmu_give_back(pmu) ? sbi_no_room() : stop(call, pmu);
    case SBI_PMU_FW_READ:
    case SBI_PMU_FW_READ_HI:
        return read_firmware(call, pmu);
    case SBI_PMU_EVENT_INFO:
        return pmu_event_info(call, pmu);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

void pmu_reset(struct sbi_hart *hart, struct vcpu *vcpu)
{
    struct pmu *pmu = &hart->pmu;
    for (unsigned n = 0; n < PMU_COUNTERS; n++) {
        struct pmu_counter *c = &pmu->counters[n];
        if (c->started)
            pmu_stop(vcpu, pmu, n);
        if (c->configured && n < PMU_HARDWARE)
            pmu_hardware_clear(n);
        *c = (struct pmu_counter){0};
    }
    pmu->counts_stolen = false;
    (void)pmu_give_back(pmu);
    pmu_hardware_rest(pmu);
}

/* The others are served in parts. */
#define IN_PLACE                                                                                   \
    (BIT(SBI_PMU_NUM_COUNTERS) | BIT(SBI_PMU_COUNTER_INFO) | BIT(SBI_PMU_CONFIG_MATCHING) |        \
     BIT(SBI_PMU_FW_READ) | BIT(SBI_PMU_FW_READ_HI))

const struct sbi_extension sbi_pmu = {.id = SBI_EXT_PMU,
                                      .handle = handle,
                                      .column = LEDGER_SBI_PMU,
                                      .columns = 1,
                                      .in_place = IN_PLACE};
