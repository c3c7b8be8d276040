/*
 * Firmware events (SBI 3.0 §11.6). The standard ones are counted where they happen, in
 * vcpu->events; the platform's are the hypervisor's own counts.
 */
#include <axhal/csr_bits.h>
#include <lib/assert.h>
#include "pmu.h"

static bool platform_event_exists(uint64_t data)
{
    return data == PMU_EVENT_EXITS || data == PMU_EVENT_STOLEN ||
           (data >= PMU_EVENT_COLUMN && data - PMU_EVENT_COLUMN < LEDGER_COLUMNS);
}

/* Not there: misaligned accesses, which a guest takes itself, and the fences of an H extension. */
bool pmu_event_exists(uint64_t code, uint64_t data)
{
    if (code == SBI_PMU_FW_PLATFORM)
        return platform_event_exists(data);
    return code >= SBI_PMU_FW_ACCESS_LOAD && code < SBI_PMU_FW_EVENTS && data == 0;
}

static uint64_t platform_event_count(const struct vcpu *vcpu, uint64_t data)
{
    switch (data) {
    case PMU_EVENT_EXITS:
        return vcpu->exits;
    case PMU_EVENT_STOLEN:
        return ledger_stolen(vcpu->ledger);
    default:
        return ledger_count(vcpu->ledger, (enum ledger_column)(data - PMU_EVENT_COLUMN));
    }
}

uint64_t pmu_event_count(const struct vcpu *vcpu, uint64_t code, uint64_t data)
{
    DEBUG_ASSERT(pmu_event_exists(code, data));
    switch (code) {
    case SBI_PMU_FW_PLATFORM:
        return platform_event_count(vcpu, data);
    case SBI_PMU_FW_ACCESS_LOAD:
        return vcpu->injected[EXC_LOAD_ACCESS];
    case SBI_PMU_FW_ACCESS_STORE:
        return vcpu->injected[EXC_STORE_ACCESS];
    case SBI_PMU_FW_ILLEGAL_INSN:
        return vcpu->injected[EXC_ILLEGAL];
    case SBI_PMU_FW_SET_TIMER: /* most come over the fast path, which has its own account */
        return ledger_count(vcpu->ledger, LEDGER_SBI_TIME);
    default:
        return vcpu->events[code];
    }
}
