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

static enum sbi_error start_one(const struct sbi_call *call, struct pmu *pmu, unsigned n)
{
    const uint64_t flags = call->args[2];
    uint64_t value = call->args[3];
    if (pmu->counters[n].started)
        return SBI_ERR_ALREADY_STARTED;
    if (flags & SBI_PMU_START_SNAPSHOT)
        value = pmu_snapshot_read(call, pmu, n - (unsigned)call->args[0]);
    return (enum sbi_error)pmu_start(call->vcpu, pmu, n, flags != 0 ? &value : NULL);
}

static bool all_configured(const struct pmu *pmu, uint64_t set)
{
    for (; set != 0; set &= set - 1)
        if (!pmu->counters[__builtin_ctzll(set)].configured)
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
    if ((flags & SBI_PMU_START_SNAPSHOT) && !pmu->has_snapshot)
        return sbi_refuse(SBI_ERR_NO_SHMEM);
    enum sbi_error error = SBI_SUCCESS;
    for (; set != 0; set &= set - 1) {
        enum sbi_error one = start_one(call, pmu, (unsigned)__builtin_ctzll(set));
        if (one != SBI_SUCCESS)
            error = one;
    }
    return error == SBI_SUCCESS ? sbi_done(0) : sbi_refuse(error);
}

static enum sbi_error stop_one(const struct sbi_call *call, struct pmu *pmu, unsigned n)
{
    const uint64_t flags = call->args[2];
    const bool started = pmu->counters[n].started;
    if (started)
        pmu_stop(call->vcpu, pmu, n);
    if (!pmu->counters[n].configured)
        return SBI_ERR_ALREADY_STOPPED;
    if (flags & SBI_PMU_STOP_SNAPSHOT)
        pmu_snapshot_write(call, pmu, n - (unsigned)call->args[0], pmu_read(call->vcpu, pmu, n));
    if (flags & SBI_PMU_STOP_RESET)
        pmu_release(call->vcpu, pmu, n);
    return started ? SBI_SUCCESS : SBI_ERR_ALREADY_STOPPED;
}

static struct sbi_outcome stop(const struct sbi_call *call, struct pmu *pmu)
{
    const uint64_t known = SBI_PMU_STOP_RESET | SBI_PMU_STOP_SNAPSHOT, flags = call->args[2];
    uint64_t set;
    if ((flags & ~known) || !counter_set(call, &set))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if ((flags & SBI_PMU_STOP_SNAPSHOT) && !pmu->has_snapshot)
        return sbi_refuse(SBI_ERR_NO_SHMEM);
    enum sbi_error error = SBI_SUCCESS;
    for (; set != 0; set &= set - 1) {
        enum sbi_error one = stop_one(call, pmu, (unsigned)__builtin_ctzll(set));
        if (one != SBI_SUCCESS)
            error = one;
    }
    if (flags & SBI_PMU_STOP_SNAPSHOT)
        pmu_snapshot_clear_overflows(call, pmu);
    return error == SBI_SUCCESS ? sbi_done(0) : sbi_refuse(error);
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
        return configure(call, pmu);
    case SBI_PMU_START:
        return start(call, pmu);
    case SBI_PMU_STOP:
        return stop(call, pmu);
    case SBI_PMU_FW_READ:
    case SBI_PMU_FW_READ_HI:
        return read_firmware(call, pmu);
    case SBI_PMU_SNAPSHOT_SET_SHMEM:
        return pmu_set_snapshot(call, pmu);
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
        if (pmu->counters[n].started)
            pmu_stop(vcpu, pmu, n);
        if (pmu->counters[n].configured)
            pmu_release(vcpu, pmu, n);
        pmu->counters[n].value = 0;
    }
    pmu->has_snapshot = false;
    pmu->counts_stolen = false;
}

const struct sbi_extension sbi_pmu = {SBI_EXT_PMU, handle, LEDGER_SBI_PMU, 1, SBI_ALL_IN_PLACE};
