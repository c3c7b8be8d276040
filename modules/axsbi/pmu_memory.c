/* What the PMU has in guest memory: the snapshot area (SBI 3.0 §11.13), events asked about
 * (§11.14). */
#include <string.h>
#include "pmu.h"

#define SNAPSHOT_VALUES 8 /* offset */
/* An exit has a bound: a table of more events is refused. Linux asks for some fifty. */
#define MAX_ENTRIES 512

struct event_entry {
    uint32_t event, output;
    uint64_t data;
};

struct sbi_outcome pmu_set_snapshot(const struct sbi_call *call, struct pmu *pmu)
{
    const uint64_t low = call->args[0], high = call->args[1], flags = call->args[2];
    if (flags != 0)
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (low == UINT64_MAX && high == UINT64_MAX) {
        pmu->has_snapshot = false;
        return sbi_done(0);
    }
    if (!is_aligned(low, PAGE_SIZE))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (high != 0 || !guest_is_ram(call->machine->memory, gpa(low), PAGE_SIZE, RAM_WRITE))
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    pmu->snapshot = gpa(low);
    pmu->has_snapshot = true;
    return sbi_done(0);
}

/* The area was writable RAM when it was set, and stays that. */
uint64_t pmu_snapshot_read(const struct sbi_call *call, const struct pmu *pmu, unsigned i)
{
    uint64_t value = 0;
    (void)guest_read(call->machine->memory,
                     gpa(pmu->snapshot.a + SNAPSHOT_VALUES + i * sizeof value), &value,
                     sizeof value);
    return value;
}

void pmu_snapshot_write(const struct sbi_call *call, const struct pmu *pmu, unsigned i,
                        uint64_t value)
{
    (void)guest_write(call->machine->memory,
                      gpa(pmu->snapshot.a + SNAPSHOT_VALUES + i * sizeof value), &value,
                      sizeof value);
}

void pmu_snapshot_clear_overflows(const struct sbi_call *call, const struct pmu *pmu)
{
    const uint64_t none = 0;
    (void)guest_write(call->machine->memory, pmu->snapshot, &none, sizeof none);
}

/* The guest may be writing to it: what is worked with is a copy. */
static struct event_entry entry_at(const volatile struct event_entry *entries, uint64_t i)
{
    return (struct event_entry){.event = entries[i].event, .data = entries[i].data};
}

static bool entries_valid(const volatile struct event_entry *entries, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (entry_at(entries, i).event & ~(SBI_PMU_EVENT_TYPE | SBI_PMU_EVENT_CODE))
            return false;
    return true;
}

struct sbi_outcome pmu_event_info(const struct sbi_call *call, const struct pmu *pmu)
{
    const uint64_t low = call->args[0], high = call->args[1], count = call->args[2];
    if (call->args[3] != 0 || !is_aligned(low, sizeof(struct event_entry)))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (high != 0 || count > UINT64_MAX / sizeof(struct event_entry))
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    struct event_entry *entries =
        guest_ptr(call->machine->memory, gpa(low), count * sizeof *entries);
    if (!entries)
        return sbi_refuse(SBI_ERR_INVALID_ADDRESS);
    if (count > MAX_ENTRIES)
        return sbi_refuse(SBI_ERR_FAILED);
    if (!entries_valid(entries, count))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    for (uint64_t i = 0; i < count; i++) {
        struct event_entry e = entry_at(entries, i);
        entries[i].output = pmu_supports(call->vcpu, pmu, e.event, e.data);
    }
    return sbi_done(0);
}
