/*
 * Faults of devices, from the IOMMU's queue to whoever tells them. Of each device some are told:
 * then it is silenced, until it is attached anew.
 */
#include <axdriver/iommu.h>
#include <axhal/io.h>
#include <stddef.h>
#include "iommu_parts.h"

#define IPSR_FIP UINT32_C(1 << 1) /* §5.18 */

#define MAX_COUNTED 32

static struct spinlock telling = SPINLOCK("iommu faults"); /* taken before the IOMMU's */
static void (*told)(const struct iommu_fault *fault);
/* The IOMMU's lock held. */
static struct {
    uint32_t device, count;
} counts[MAX_COUNTED];
static uint32_t count_count;

/* lock held; NULL: too many devices, then each fault is told */
static uint32_t *faults_of(uint32_t device)
{
    for (uint32_t i = 0; i < count_count; i++)
        if (counts[i].device == device)
            return &counts[i].count;
    if (count_count == MAX_COUNTED)
        return NULL;
    counts[count_count].device = device;
    return &counts[count_count++].count;
}

enum err iommu_count_faults(uint32_t device)
{
    uint32_t *faults = faults_of(device);
    if (faults == NULL)
        return ERR_NO_MEMORY;
    *faults = 0;
    return OK;
}

/* lock held. A guest could fill the console by its device's faults, and the queue: no more of them.
 */
static void silence(struct iommu *iommu, uint32_t device)
{
    uint64_t *context;
    if (iommu_context(iommu, device, false, &context) != OK)
        return;
    context[IOMMU_TC] |= IOMMU_TC_DTF;
    (void)iommu_forget(iommu, device, (uint16_t)FIELD_GET(IOMMU_ATP_ID, context[IOMMU_IOHGATP]));
}

/* `*tell`: it is not one of those that had come before the device was silent. */
static bool take(struct iommu *iommu, struct iommu_fault *fault, bool *tell)
{
    spin_lock(&iommu->lock);
    bool taken = iommu_take_fault(iommu, fault);
    uint32_t *faults = taken ? faults_of(fault->device) : NULL;
    uint32_t count = faults != NULL ? ++*faults : 0;
    fault->last = count == IOMMU_FAULTS_TOLD;
    *tell = count <= IOMMU_FAULTS_TOLD;
    if (fault->last)
        silence(iommu, fault->device);
    spin_unlock(&iommu->lock);
    return taken;
}

/* The interrupt is cleared first: what comes meanwhile interrupts again. */
static void tell_all(void)
{
    struct iommu_fault fault;
    bool tell;
    io_write32(iommu_unit.base + IOMMU_IPSR, IPSR_FIP);
    while (take(&iommu_unit, &fault, &tell))
        if (tell)
            told(&fault);
}

/* A hart at a time: they are told in the order in which they came. */
void iommu_look_for_faults(void)
{
    if (told == NULL)
        return;
    spin_lock(&telling);
    tell_all();
    spin_unlock(&telling);
}

static void on_interrupt(void *context)
{
    (void)context;
    iommu_look_for_faults();
}

enum err iommu_tell_faults(uint32_t hart_index, void (*handler)(const struct iommu_fault *fault))
{
    if (!iommu_unit.ready)
        return ERR_NOT_FOUND;
    told = handler;
    return iommu_enable_interrupt(&iommu_unit, hart_index, on_interrupt);
}
