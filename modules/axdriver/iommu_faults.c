/*
 * Faults of devices, from the IOMMU's queue to the code that reports them. A bad transfer is
 * refused access by access, a few bytes apart: such faults are counted in one record, which is
 * reported some time after its first. Of each device some records are reported: then it is
 * silenced, until it is attached anew.
 */
#include <axdriver/iommu.h>
#include <axhal/time.h>
#include <lib/addr.h>
#include <lib/assert.h>
#include <stddef.h>
#include "iommu_parts.h"

#define MAX_COUNTED 32
#define TAKEN_AT_ONCE 8  /* faults, in a look of some microseconds */
#define MOST_DOUBLINGS 9 /* of IOMMU_FAULTS_MS: to 51 s */

static struct spinlock reporting = SPINLOCK("iommu faults"); /* taken before the IOMMU's */
static const struct iommu_watch *watch;
/* The IOMMU's lock held. */
static struct tally {
    uint32_t device;
    uint32_t reported;       /* records */
    struct iommu_fault open; /* the record that waits; count 0: none does */
    uint64_t due;            /* ticks: when it is reported */
    bool silenced;
} tallies[MAX_COUNTED];
static uint32_t tally_count;
static bool loss_reported;

/* lock held; NULL: too many devices */
static struct tally *tally_of(uint32_t device)
{
    spin_debug_assert_held(&iommu_unit.lock);
    DEBUG_ASSERT(tally_count <= MAX_COUNTED);
    for (uint32_t i = 0; i < tally_count; i++)
        if (tallies[i].device == device)
            return &tallies[i];
    if (tally_count == MAX_COUNTED)
        return NULL;
    tallies[tally_count].device = device;
    return &tallies[tally_count++];
}

enum err iommu_count_faults(uint32_t device)
{
    spin_debug_assert_held(&iommu_unit.lock);
    struct tally *tally = tally_of(device);
    if (tally == NULL)
        return ERR_NO_MEMORY;
    *tally = (struct tally){.device = device};
    loss_reported = false;
    return OK;
}

/* lock held. A guest could keep the host busy by its device's faults: they are not recorded, or
 * again. */
static void silence(struct iommu *iommu, struct tally *tally, bool silenced)
{
    spin_debug_assert_held(&iommu->lock);
    uint64_t *context;
    tally->silenced = silenced;
    if (iommu_context(iommu, tally->device, false, &context) != OK)
        return;
    context[IOMMU_TC] =
        silenced ? context[IOMMU_TC] | IOMMU_TC_DTF : context[IOMMU_TC] & ~IOMMU_TC_DTF;
    (void)iommu_forget(iommu, tally->device,
                       (uint16_t)FIELD_GET(IOMMU_ATP_ID, context[IOMMU_IOHGATP]));
}

static bool belongs(const struct iommu_fault *record, const struct iommu_fault *fault)
{
    return record->cause == fault->cause && record->write == fault->write &&
           fault->address + PAGE_SIZE >= record->address &&
           fault->address <= record->last_address + PAGE_SIZE;
}

static void merge(struct iommu_fault *record, const struct iommu_fault *fault)
{
    record->count++;
    if (fault->address < record->address)
        record->address = fault->address;
    if (fault->address > record->last_address)
        record->last_address = fault->address;
}

/* lock held. The record is ready to be reported: it is in `*out`, and the next may begin. */
static void close_record(struct iommu *iommu, struct tally *tally, struct iommu_fault *out)
{
    spin_debug_assert_held(&iommu->lock);
    DEBUG_ASSERT(tally->open.count != 0);
    *out = tally->open;
    tally->open.count = 0;
    tally->reported++;
    out->last = tally->reported == IOMMU_FAULTS_TOLD;
    if (out->last)
        silence(iommu, tally, true);
    else if (tally->silenced)
        silence(iommu, tally, false);
}

static void open_record(struct tally *tally, const struct iommu_fault *fault)
{
    uint32_t doublings = tally->reported < MOST_DOUBLINGS ? tally->reported : MOST_DOUBLINGS;
    tally->open = *fault;
    tally->open.last_address = fault->address;
    tally->open.count = 1;
    tally->due = time_now() + (time_ms_to_ticks(IOMMU_FAULTS_MS) << doublings);
}

/* lock held. True: `*out` is a record that this fault has ended. */
static bool count_fault(struct iommu *iommu, const struct iommu_fault *fault,
                        struct iommu_fault *out)
{
    spin_debug_assert_held(&iommu->lock);
    struct tally *tally = tally_of(fault->device);
    bool ends = false;
    if (tally == NULL || tally->reported == IOMMU_FAULTS_TOLD)
        return false;
    if (tally->open.count == IOMMU_FAULTS_MERGED)
        return false; /* it was under way when its device was silenced */
    if (tally->open.count != 0 && belongs(&tally->open, fault)) {
        merge(&tally->open, fault);
        if (tally->open.count == IOMMU_FAULTS_MERGED)
            silence(iommu, tally, true);
        return false;
    }
    if (tally->open.count != 0) {
        close_record(iommu, tally, out);
        ends = true;
    }
    if (tally->reported < IOMMU_FAULTS_TOLD)
        open_record(tally, fault);
    return ends;
}

static bool take(struct iommu *iommu, struct iommu_fault *out, bool *ends)
{
    struct iommu_fault fault;
    spin_lock(&iommu->lock);
    bool taken = iommu_take_fault(iommu, &fault);
    *ends = taken && count_fault(iommu, &fault, out);
    spin_unlock(&iommu->lock);
    return taken;
}

/* The record of one device, if its time has come. */
static bool take_due(struct iommu *iommu, uint32_t index, bool all, struct iommu_fault *out)
{
    spin_lock(&iommu->lock);
    struct tally *tally = &tallies[index];
    bool due = index < tally_count && tally->open.count != 0 && (all || time_now() >= tally->due);
    if (due)
        close_record(iommu, tally, out);
    spin_unlock(&iommu->lock);
    return due;
}

static bool take_loss(struct iommu *iommu)
{
    spin_lock(&iommu->lock);
    bool is_new = iommu->overrun && !loss_reported;
    loss_reported |= is_new;
    iommu->overrun = false;
    spin_unlock(&iommu->lock);
    return is_new;
}

static bool some_wait(struct iommu *iommu)
{
    bool waits = false;
    spin_lock(&iommu->lock);
    for (uint32_t i = 0; i < tally_count; i++)
        waits |= tallies[i].open.count != 0;
    spin_unlock(&iommu->lock);
    return waits;
}

/* reporting held. From the queue, as far as one record or TAKEN_AT_ONCE faults. False: it is empty.
 */
static bool take_some(void)
{
    struct iommu_fault record;
    bool taken = true, ends = false;
    for (unsigned i = 0; i < TAKEN_AT_ONCE && taken && !ends; i++)
        taken = take(&iommu_unit, &record, &ends);
    if (ends)
        watch->report(&record);
    return taken;
}

/* reporting held. A record whose time has come; false: there is none. */
static bool report_due(bool all)
{
    struct iommu_fault record;
    for (uint32_t i = 0; i < MAX_COUNTED; i++) {
        if (take_due(&iommu_unit, i, all, &record)) {
            watch->report(&record);
            return true;
        }
    }
    return false;
}

/* reporting held. A hart at a time: they are reported in the order in which they came. */
static enum iommu_look look(bool all)
{
    if (take_some() || report_due(all))
        return IOMMU_MORE;
    if (take_loss(&iommu_unit))
        watch->lost();
    if (iommu_let_interrupt(&iommu_unit))
        return IOMMU_MORE;
    return some_wait(&iommu_unit) ? IOMMU_WAITS : IOMMU_IDLE;
}

bool iommu_look_for_faults(bool all)
{
    enum iommu_look found;
    if (watch == NULL)
        return false;
    spin_lock(&reporting);
    while ((found = look(all)) == IOMMU_MORE)
        continue;
    spin_unlock(&reporting);
    return found == IOMMU_WAITS;
}

enum iommu_look iommu_look_a_little(void)
{
    if (!spin_try_lock(&reporting))
        return IOMMU_WAITS;
    enum iommu_look found = look(false);
    spin_unlock(&reporting);
    return found;
}

static void on_interrupt(void *context)
{
    (void)context;
    iommu_hold_interrupt(&iommu_unit);
    watch->interrupted();
}

enum err iommu_watch_faults(uint32_t hart_index, const struct iommu_watch *wanted)
{
    ASSERT(wanted->report != NULL && wanted->lost != NULL);
    if (!iommu_unit.ready)
        return ERR_NOT_FOUND;
    watch = wanted;
    return iommu_enable_interrupt(&iommu_unit, hart_index, on_interrupt);
}
