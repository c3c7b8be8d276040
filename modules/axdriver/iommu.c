#include <axdriver/iommu.h>
#include <axdriver/pci.h>
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

#define ATP_MODE MASK(63, 60)
#define ATP_SV39X4 8
#define ATP_SV48X4 9

struct iommu iommu_unit = {.lock = SPINLOCK("iommu")};

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

/* Of one that is a PCI function a BAR leads to them (Hardware guidelines, Integrating an IOMMU as a
 * PCIe device): the first. ERR_UNSUPPORTED: there are none. */
static enum err find_registers(const struct iommu_config *config, hpa_t *base, uint64_t *size)
{
    *base = config->base;
    *size = config->size;
    if (config->kind == IOMMU_PLATFORM)
        return OK;
    const struct pci_function *function = pci_find(config->function);
    if (function == NULL || function->bars[0].size == 0) {
        log_error("IOMMU: PCI 00:%02x.%u is not there, or has no registers", config->function >> 3,
                  config->function & 7);
        return ERR_UNSUPPORTED;
    }
    *base = function->bars[0].base;
    *size = function->bars[0].size;
    pci_turn_on(function->id);
    return OK;
}

static enum err map_registers(struct iommu *iommu)
{
    hpa_t base;
    uint64_t size;
    enum err err = find_registers(&iommu->config, &base, &size);
    if (err != OK)
        return err;
    iommu->base = base.a;
    return size >= IOMMU_REGISTERS_END ? paging_map_device(base, size) : ERR_UNSUPPORTED;
}

/* Tables that a device needs are made once, at boot, not by the first VM that is assigned it: what
 * a VM takes it gives back. */
static enum err make_contexts(struct iommu *iommu)
{
    uint32_t count;
    const struct pci_function *functions = pci_functions(&count);
    enum err err = OK;
    spin_lock(&iommu->lock);
    for (uint32_t i = 0; i < count && err != ERR_NO_MEMORY; i++) {
        uint64_t *context;
        if (functions[i].behind_iommu)
            err = iommu_context(iommu, functions[i].id, true, &context);
    }
    spin_unlock(&iommu->lock);
    /* One whose id is out of range can't be attached, which is said then. */
    return err == ERR_NO_MEMORY ? err : OK;
}

/* Features change while it is off, as it is after a reset (§5.4). `step` is what failed. */
static enum err set_up(struct iommu *iommu, const char **step)
{
    *step = "its registers";
    enum err err = map_registers(iommu);
    if (err != OK)
        return err;
    iommu->capabilities = io_read64(iommu->base + IOMMU_CAPABILITIES);
    io_write64(iommu->base + IOMMU_DDTP, 0);
    if (iommu_has_wire(iommu))
        io_write32(iommu->base + IOMMU_FCTL, FCTL_WSI);
    io_write64(iommu->base + IOMMU_ICVEC, 0); /* all by the first interrupt */
    *step = "its queues";
    err = iommu_queues_init(iommu);
    if (err != OK)
        return err;
    *step = "its directory of devices";
    err = iommu_directory_init(iommu);
    return err == OK ? make_contexts(iommu) : err;
}

enum err iommu_init(const void *fdt)
{
    struct iommu *iommu = &iommu_unit;
    iommu->config = hardware_of_machine(fdt)->iommu;
    if (iommu->config.kind == IOMMU_NONE)
        return ERR_NOT_FOUND;
    const char *step;
    enum err err = set_up(iommu, &step);
    iommu->ready = err == OK;
    if (iommu->ready)
        log_info("IOMMU at 0x%lx: directory of %u levels", (unsigned long)iommu->base,
                 iommu->levels);
    else
        log_error("IOMMU at 0x%lx: can't be used: %s: %s (capabilities 0x%lx)",
                  (unsigned long)iommu->base, step, err_name(err),
                  (unsigned long)iommu->capabilities);
    return err;
}

bool iommu_is_ready(void)
{
    return iommu_unit.ready;
}

static bool has_mode(uint64_t hgatp)
{
    uint64_t mode = FIELD_GET(ATP_MODE, hgatp);
    return (mode == ATP_SV39X4 && (iommu_unit.capabilities & IOMMU_CAP_SV39X4) != 0) ||
           (mode == ATP_SV48X4 && (iommu_unit.capabilities & IOMMU_CAP_SV48X4) != 0);
}

/* lock held. The first stage stays bare: the device's addresses are the guest's physical ones. */
static enum err attach_locked(uint32_t device, uint64_t iohgatp, uint16_t gscid)
{
    spin_debug_assert_held(&iommu_unit.lock);
    uint64_t *context;
    enum err err = iommu_context(&iommu_unit, device, true, &context);
    if (err != OK)
        return err;
    err = iommu_count_faults(device);
    if (err != OK)
        return err;
    context[IOMMU_IOHGATP] = iohgatp;
    context[IOMMU_TA] = 0;
    context[IOMMU_FSC] = 0;
    cpu_fence_io();
    context[IOMMU_TC] = IOMMU_TC_V;
    return iommu_forget(&iommu_unit, device, gscid);
}

enum err iommu_attach(uint32_t device, uint64_t hgatp, uint16_t gscid)
{
    if (!iommu_unit.ready)
        return ERR_NOT_FOUND;
    if (!has_mode(hgatp))
        return ERR_UNSUPPORTED;
    spin_lock(&iommu_unit.lock);
    enum err err =
        attach_locked(device, (hgatp & ~IOMMU_ATP_ID) | FIELD_PUT(IOMMU_ATP_ID, gscid), gscid);
    spin_unlock(&iommu_unit.lock);
    return err;
}

enum err iommu_detach(uint32_t device, uint16_t gscid)
{
    uint64_t *context;
    if (!iommu_unit.ready)
        return OK;
    spin_lock(&iommu_unit.lock);
    enum err err = iommu_context(&iommu_unit, device, false, &context);
    if (err == OK) {
        context[IOMMU_TC] = 0;
        err = iommu_forget(&iommu_unit, device, gscid);
    }
    spin_unlock(&iommu_unit.lock);
    return err == ERR_NOT_FOUND ? OK : err;
}
