/*
 * STA (SBI 3.0 §16): what the hypervisor took of the hart's time, as the ledger has it: all but the
 * guest's own, its sleep, and while it is stopped. What is written before an entry is the sum up to
 * the entry before it, and what the hart waited for since.
 */
#include <axhal/platform.h>
#include <lib/assert.h>
#include "extension.h"

#define AREA_SIZE 64
#define NS_PER_SECOND UINT64_C(1000000000)

/* §16.1, table */
struct sta_area {
    uint32_t sequence, flags;
    uint64_t steal; /* ns */
    uint8_t preempted;
    uint8_t pad[47];
};
_Static_assert(sizeof(struct sta_area) == AREA_SIZE, "SBI 3.0 §16.1");

/* Neither step overflows for any timebase below 18 GHz and 584 years of ticks. */
static uint64_t ticks_to_ns(uint64_t ticks)
{
    uint64_t per_second = platform()->timebase;
    return ticks / per_second * NS_PER_SECOND + ticks % per_second * NS_PER_SECOND / per_second;
}

void steal_watch(struct sbi_hart *hart, struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    bool watched = hart->sta.on || hart->pmu.counts_stolen;
    vcpu->before_entry = hart->sta.on;
    if (watched == hart->steal_watched)
        return;
    hart->steal_watched = watched;
    ledger_arm(vcpu->ledger, LEDGER_ARMED_STEAL, watched);
}

/*
 * The reader is this hart's guest, which does not run now, or another hart of it: so the order of
 * the three stores counts. What the guest writes there itself harms only itself (§16.1).
 */
void sbi_before_entry(struct sbi_machine *machine, struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    struct sbi_hart *hart = &machine->harts[vcpu->id];
    DEBUG_ASSERT(hart->sta.on && is_aligned(hart->sta.area.a, AREA_SIZE));
    uint64_t stolen = ledger_stolen(vcpu->ledger);
    struct sta_area *area = guest_ptr(machine->memory, hart->sta.area, AREA_SIZE);
    if (stolen == hart->sta.stolen || area == NULL)
        return;
    hart->sta.stolen = stolen;
    hart->sta.sequence += 2;
    __atomic_store_n(&area->sequence, hart->sta.sequence - 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    __atomic_store_n(&area->steal, ticks_to_ns(stolen), __ATOMIC_RELAXED);
    __atomic_store_n(&area->sequence, hart->sta.sequence, __ATOMIC_RELEASE);
}

static struct sbi_outcome set_area(const struct sbi_call *call, struct sbi_hart *hart)
{
    const uint64_t low = call->args[0], high = call->args[1], flags = call->args[2];
    if (flags != 0)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (low == UINT64_MAX && high == UINT64_MAX) {
        hart->sta.on = false;
        return sbi_done(0);
    }
    if (!is_aligned(low, AREA_SIZE))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    static const struct sta_area empty;
    if (high != 0 || guest_write(call->machine->memory, gpa(low), &empty, sizeof empty) != OK)
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    hart->sta = (struct sta){.on = true, .area = gpa(low)};
    return sbi_done(0);
}

static struct sbi_outcome handle(const struct sbi_call *call)
{
    struct sbi_hart *hart = sbi_hart_of(call);
    if (call->function != SBI_STA_SET_SHMEM)
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    struct sbi_outcome outcome = set_area(call, hart);
    steal_watch(hart, call->vcpu);
    return outcome;
}

const struct sbi_extension sbi_sta = {.id = SBI_EXT_STA,
                                      .handle = handle,
                                      .column = LEDGER_SBI_STA,
                                      .columns = 1,
                                      .in_place = SBI_ALL_IN_PLACE};
