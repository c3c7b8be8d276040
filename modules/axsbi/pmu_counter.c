/* One counter: hardware or firmware, it looks the same from above. */
#include "pmu.h"
#include <lib/assert.h>

static bool is_hardware(unsigned n)
{
    return n < PMU_HARDWARE;
}

bool pmu_is_firmware_event(uint64_t event)
{
    return FIELD_GET(SBI_PMU_EVENT_TYPE, event) == SBI_PMU_TYPE_FIRMWARE;
}

/* §11.1 to §11.4: data is reserved but for raw events, and a code but for the others. */
static bool is_hardware_event(uint64_t event, uint64_t data)
{
    uint64_t code = event & SBI_PMU_EVENT_CODE;
    switch (FIELD_GET(SBI_PMU_EVENT_TYPE, event)) {
    case SBI_PMU_TYPE_GENERAL:
        return code != 0 && data == 0;
    case SBI_PMU_TYPE_CACHE:
        return data == 0;
    case SBI_PMU_TYPE_RAW:
    case SBI_PMU_TYPE_RAW_V2:
        return code == 0;
    default:
        return false;
    }
}

static uint64_t counted(const struct vcpu *vcpu, const struct pmu_counter *c)
{
    return pmu_event_count(vcpu, c->event & SBI_PMU_EVENT_CODE, c->data);
}

/* A counter is taken from its configuration to the reset of that; SKIP_MATCH may change its event
 * while it is stopped (§11.8, note). */
static uint64_t candidates(const struct pmu *pmu, uint64_t set, uint64_t flags)
{
    const struct pmu_counter *c = pmu->counters;
    uint64_t found = set;
    for (uint64_t bit = 1; bit != 0 && bit <= set; bit <<= 1, c++)
        if ((set & bit) && c->configured && (c->started || !(flags & SBI_PMU_SKIP_MATCH)))
            found &= ~bit;
    return found;
}

static long configure_hardware(struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                               uint64_t data)
{
    uint64_t among = candidates(pmu, set & pmu_hardware(), flags);
    if (among == 0 || !is_hardware_event(event, data))
        return SBI_ERR_NOT_SUPPORTED;
    if (flags & SBI_PMU_SKIP_MATCH)
        pmu_release(pmu, (unsigned)__builtin_ctzll(among));
    return pmu_hardware_configure(pmu, among, flags, event, data);
}

static long configure_firmware(const struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                               uint64_t data)
{
    uint64_t among = candidates(pmu, set & ~MASK(PMU_HARDWARE - 1, 0), flags);
    if (among == 0 || !pmu_event_exists(event & SBI_PMU_EVENT_CODE, data))
        return SBI_ERR_NOT_SUPPORTED;
    return __builtin_ctzll(among);
}

long pmu_configure(struct vcpu *vcpu, struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                   uint64_t data)
{
    if (event & ~(SBI_PMU_EVENT_TYPE | SBI_PMU_EVENT_CODE))
        return SBI_ERR_NOT_SUPPORTED;
    if (flags & SBI_PMU_SKIP_MATCH)
        set &= -set; /* the first of them, and no other */
    long n = pmu_is_firmware_event(event) ? configure_firmware(pmu, set, flags, event, data)
                                          : configure_hardware(pmu, set, flags, event, data);
    if (n < 0)
        return n;
    struct pmu_counter *c = &pmu->counters[n];
    *c = (struct pmu_counter){.configured = true,
                              .event = (uint32_t)event,
                              .data = data,
                              .value = flags & SBI_PMU_CLEAR_VALUE ? 0 : c->value};
    if (!(flags & SBI_PMU_AUTO_START) || pmu_start(vcpu, pmu, (unsigned)n, NULL) == SBI_SUCCESS)
        return n;
    pmu_release(pmu, (unsigned)n);
    return SBI_ERR_FAILED;
}

long pmu_start(struct vcpu *vcpu, struct pmu *pmu, unsigned n, const uint64_t *value)
{
    DEBUG_ASSERT(n < PMU_COUNTERS && pmu->counters[n].configured && !pmu->counters[n].started);
    struct pmu_counter *c = &pmu->counters[n];
    if (is_hardware(n)) {
        long error = pmu_hardware_start(n, value ? SBI_PMU_START_SET_VALUE : 0, value ? *value : 0);
        c->started = error == SBI_SUCCESS;
        return error;
    }
    c->value = (value ? *value : c->value) - counted(vcpu, c);
    c->started = true;
    return SBI_SUCCESS;
}

long pmu_stop(struct vcpu *vcpu, struct pmu *pmu, unsigned n)
{
    DEBUG_ASSERT(n < PMU_COUNTERS && pmu->counters[n].started);
    struct pmu_counter *c = &pmu->counters[n];
    c->started = false;
    if (is_hardware(n))
        return pmu_hardware_stop(n);
    c->value += counted(vcpu, c);
    return SBI_SUCCESS;
}

void pmu_release(struct pmu *pmu, unsigned n)
{
    DEBUG_ASSERT(n < PMU_COUNTERS && !pmu->counters[n].started);
    pmu->counters[n].configured = false;
    if (is_hardware(n))
        pmu_hardware_release(pmu, n);
}

uint64_t pmu_read(const struct vcpu *vcpu, const struct pmu *pmu, unsigned n)
{
    DEBUG_ASSERT(n >= PMU_HARDWARE && n < PMU_COUNTERS);
    const struct pmu_counter *c = &pmu->counters[n];
    return c->started ? c->value + counted(vcpu, c) : c->value;
}

bool pmu_supports(struct pmu *pmu, uint64_t event, uint64_t data)
{
    if (pmu_is_firmware_event(event))
        return pmu_event_exists(event & SBI_PMU_EVENT_CODE, data);
    if (pmu_hardware_fixed(event) < PMU_HARDWARE)
        return data == 0;
    for (unsigned n = 0; n < PMU_HARDWARE; n++) {
        const struct pmu_counter *c = &pmu->counters[n];
        if (c->configured && c->event == event && c->data == data)
            return true;
    }
    uint64_t among = candidates(pmu, pmu_hardware(), 0);
    if (among == 0 || !is_hardware_event(event, data))
        return false;
    long n = pmu_hardware_configure(pmu, among, 0, event, data);
    if (n >= 0)
        pmu->lent = (unsigned)n + 1;
    return n >= 0;
}

bool pmu_give_back(struct pmu *pmu)
{
    if (pmu->lent == 0)
        return false;
    pmu_hardware_release(pmu, pmu->lent - 1);
    pmu->lent = 0;
    return true;
}
