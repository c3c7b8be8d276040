/*
 * Which events can be counted (SBI 3.0 §11.14). The table is the guest's memory, as long as it
 * likes, and the firmware is asked about each hardware event: so it is served in parts, first the
 * checks of all entries, then the answers.
 */
#include "pmu.h"

struct event_entry {
    uint32_t event, output;
    uint64_t data;
};

/* Of a part: entries that are checked; and entries that are answered, or one that the firmware is
 * asked about. */
#define CHECKS 128
#define ANSWERS 16

/* The guest may be writing to it: what is worked with is a copy. */
static struct event_entry entry_at(const volatile struct event_entry *entries, uint64_t i)
{
    return (struct event_entry){.event = entries[i].event, .data = entries[i].data};
}

static bool is_valid(struct event_entry entry)
{
    return (entry.event & ~(uint32_t)(SBI_PMU_EVENT_TYPE | SBI_PMU_EVENT_CODE)) == 0;
}

/* progress->done counts the entries twice: as checked, and then as answered. */
static bool check_part(struct sbi_progress *progress, const volatile struct event_entry *entries,
                       uint64_t count)
{
    for (unsigned n = 0; n < CHECKS && progress->done < count; n++)
        if (!is_valid(entry_at(entries, progress->done++)))
            return false;
    return true;
}

/* Not after the firmware was called for what it lent. False: an entry has become invalid. */
static bool answer_part(struct pmu *pmu, struct sbi_progress *progress, struct event_entry *entries,
                        uint64_t count)
{
    unsigned n = pmu_give_back(pmu) ? ANSWERS : 0;
    while (n < ANSWERS && progress->done < 2 * count) {
        struct event_entry e = entry_at(entries, progress->done - count);
        if (!is_valid(e))
            return false;
        entries[progress->done++ - count].output = pmu_supports(pmu, e.event, e.data);
        n += pmu_is_firmware_event(e.event) ? 1 : ANSWERS;
    }
    return true;
}

struct sbi_outcome pmu_event_info(const struct sbi_call *call, struct pmu *pmu)
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

    struct sbi_progress *progress = sbi_progress_of(call);
    bool answers = progress->done >= count || count <= ANSWERS; /* few are checked at once */
    if (progress->done < count && !check_part(progress, entries, count))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    if (answers && !answer_part(pmu, progress, entries, count))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);
    return progress->done < 2 * count || pmu->lent != 0 ? sbi_again(progress) : sbi_done(0);
}
