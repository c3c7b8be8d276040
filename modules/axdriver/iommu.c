#include <axdriver/iommu.h>
#include <axdriver/irqchip.h>
#include <axhal/arch/cpu.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <stddef.h>
#include "iommu_parts.h"

#define WAIT_MS 1000

#define FCTL_WSI UINT32_C(1 << 1) /* interrupts by wire */
#define IGS_MSI 0                 /* … which it does not have (§5.3) */
#define IPSR_FIP UINT32_C(1 << 1)

/* A device context, §2.1.3; the words behind these, of MSIs, stay 0. */
enum { TC, IOHGATP, TA, FSC };
#define TC_V BIT(0)
#define TC_DTF BIT(4) /* faults of its translation are not told */

/* hgatp and iohgatp are one but for the number that the translations are kept under. */
#define ATP_MODE MASK(63, 60)
#define ATP_ID MASK(59, 44)
#define ATP_SV39X4 8
#define ATP_SV48X4 9

#define MAX_TOLD 32 /* devices that faults are counted of */

static struct spinlock lock = SPINLOCK("iommu");
static struct iommu iommu; /* lock held */
static bool ready;
static struct wired_irq irq;
static void (*told)(const struct iommu_fault *fault);
/* lock held */
static struct {
    uint32_t device, count;
} counts[MAX_TOLD];
static uint32_t count_count;

enum err iommu_wait(const struct iommu *unit, enum iommu_register at, uint32_t mask, uint32_t value)
{
    uint64_t deadline = time_now() + time_ms_to_ticks(WAIT_MS);
    while ((io_read32(unit->base + at) & mask) != value) {
        if (time_now() > deadline)
            return ERR_TIMEOUT;
        cpu_relax();
    }
    return OK;
}

/* Features change while it is off, as it is after a reset (§5.4). */
static enum err set_up(const struct iommu_config *config)
{
    if (config->size < IOMMU_REGISTERS_END)
        return ERR_UNSUPPORTED;
    enum err err = paging_map_device(config->base, config->size);
    if (err != OK)
        return err;
    iommu.base = config->base.a;
    iommu.capabilities = io_read64(iommu.base + IOMMU_CAPABILITIES);
    io_write64(iommu.base + IOMMU_DDTP, 0);
    if (FIELD_GET(IOMMU_CAP_IGS, iommu.capabilities) != IGS_MSI)
        io_write32(iommu.base + IOMMU_FCTL, FCTL_WSI);
    io_write64(iommu.base + IOMMU_ICVEC, 0); /* all by the first wire */
    err = iommu_queues_init(&iommu);
    return err == OK ? iommu_directory_init(&iommu) : err;
}

enum err iommu_init(const void *fdt)
{
    const struct hardware *hw = hardware_of_machine(fdt);
    if (hw->iommu.base.a == 0)
        return ERR_NOT_FOUND;
    irq = hw->iommu.irq;
    enum err err = set_up(&hw->iommu);
    ready = err == OK;
    if (ready)
        log_info("IOMMU at 0x%lx: directory of %u levels", (unsigned long)iommu.base, iommu.levels);
    else
        log_error("IOMMU at 0x%lx: can't be used (capabilities 0x%lx, error %u)",
                  (unsigned long)hw->iommu.base.a, (unsigned long)iommu.capabilities,
                  (unsigned)err);
    return err;
}

bool iommu_is_ready(void)
{
    return ready;
}

static bool has_mode(uint64_t hgatp)
{
    uint64_t mode = FIELD_GET(ATP_MODE, hgatp);
    return (mode == ATP_SV39X4 && (iommu.capabilities & IOMMU_CAP_SV39X4) != 0) ||
           (mode == ATP_SV48X4 && (iommu.capabilities & IOMMU_CAP_SV48X4) != 0);
}

/* lock held; NULL: too many devices, then each fault is told */
static uint32_t *faults_of(uint32_t device)
{
    for (uint32_t i = 0; i < count_count; i++)
        if (counts[i].device == device)
            return &counts[i].count;
    if (count_count == MAX_TOLD)
        return NULL;
    counts[count_count].device = device;
    return &counts[count_count++].count;
}

/* lock held. The first stage stays bare: the device's addresses are the guest's physical ones. */
static enum err attach_locked(uint32_t device, uint64_t iohgatp, uint16_t gscid)
{
    uint64_t *context;
    enum err err = iommu_context(&iommu, device, true, &context);
    if (err != OK)
        return err;
    uint32_t *faults = faults_of(device);
    if (faults == NULL)
        return ERR_NO_MEMORY;
    *faults = 0;
    context[IOHGATP] = iohgatp;
    context[TA] = 0;
    context[FSC] = 0;
    cpu_fence_io();
    context[TC] = TC_V;
    return iommu_forget(&iommu, device, gscid);
}

enum err iommu_attach(uint32_t device, uint64_t hgatp, uint16_t gscid)
{
    if (!ready)
        return ERR_NOT_FOUND;
    if (!has_mode(hgatp))
        return ERR_UNSUPPORTED;
    spin_lock(&lock);
    enum err err = attach_locked(device, (hgatp & ~ATP_ID) | FIELD_PUT(ATP_ID, gscid), gscid);
    spin_unlock(&lock);
    return err;
}

enum err iommu_detach(uint32_t device, uint16_t gscid)
{
    uint64_t *context;
    if (!ready)
        return OK;
    spin_lock(&lock);
    enum err err = iommu_context(&iommu, device, false, &context);
    if (err == OK) {
        context[TC] = 0;
        err = iommu_forget(&iommu, device, gscid);
    }
    spin_unlock(&lock);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* lock held. A guest could fill the console by its device's faults, and the queue: no more of them.
 */
static void silence(uint32_t device)
{
    uint64_t *context;
    if (iommu_context(&iommu, device, false, &context) != OK)
        return;
    context[TC] |= TC_DTF;
    (void)iommu_forget(&iommu, device, (uint16_t)FIELD_GET(ATP_ID, context[IOHGATP]));
}

/* `*tell`: it is not one of those that had come before the device was silent. */
static bool take(struct iommu_fault *fault, bool *tell)
{
    spin_lock(&lock);
    bool taken = iommu_take_fault(&iommu, fault);
    uint32_t *faults = taken ? faults_of(fault->device) : NULL;
    uint32_t count = faults != NULL ? ++*faults : 0;
    fault->last = count == IOMMU_FAULTS_TOLD;
    *tell = count <= IOMMU_FAULTS_TOLD;
    if (fault->last)
        silence(fault->device);
    spin_unlock(&lock);
    return taken;
}

/* Cleared first: what comes meanwhile interrupts again. */
static void on_interrupt(void *context)
{
    struct iommu_fault fault;
    bool tell;
    (void)context;
    io_write32(iommu.base + IOMMU_IPSR, IPSR_FIP);
    while (take(&fault, &tell))
        if (tell)
            told(&fault);
}

enum err iommu_tell_faults(uint32_t hart_index, void (*handler)(const struct iommu_fault *fault))
{
    told = handler;
    return ready ? irqchip_enable(&irq, hart_index, on_interrupt, NULL) : ERR_NOT_FOUND;
}
