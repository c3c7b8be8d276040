/*
 * The host's PLIC (PLIC 1.0.0). Every source that is in use has priority 1; a hart's S context
 * lets all through. A hart finds its context in a table by its index.
 */
#include <axhal/hart.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <stddef.h>
#include "irqchip_ops.h"

#define NO_CONTEXT UINT32_MAX
#define MAX_SOURCES 1023

static const struct hardware *hw;
static uint32_t contexts[PLATFORM_MAX_HARTS]; /* of hart_at(i) */

static uintptr_t priority_register(uint32_t source)
{
    return hw->plic.base.a + 4 * source;
}

static uintptr_t enable_register(uint32_t context, uint32_t source)
{
    return hw->plic.base.a + 0x2000 + 0x80 * context + source / 32 * 4;
}

static uint64_t context_offset(uint32_t context)
{
    return 0x200000 + UINT64_C(0x1000) * context;
}

static uintptr_t threshold_register(uint32_t context)
{
    return hw->plic.base.a + context_offset(context);
}

static uintptr_t claim_register(uint32_t context)
{
    return threshold_register(context) + 4;
}

/* A context that is there, or NO_CONTEXT. */
static uint32_t find_context(uint64_t hart_id)
{
    uint32_t context;
    if (hardware_target(hw, &hw->plic.targets, hart_id, &context) != OK ||
        context_offset(context) + 8 > hw->plic.size)
        return NO_CONTEXT;
    return context;
}

/* Whatever a boot loader left enabled is not ours. */
static void init_context(uint32_t context)
{
    for (uint32_t source = 0; source <= hw->plic.sources; source += 32)
        io_write32(enable_register(context, source), 0);
    io_write32(threshold_register(context), 0);
}

static enum err plic_init(const struct hardware *hardware)
{
    hw = hardware;
    if (hw->plic.sources > MAX_SOURCES) {
        log_error("PLIC at 0x%lx: riscv,ndev is %u; expected up to %u",
                  (unsigned long)hw->plic.base.a, hw->plic.sources, MAX_SOURCES);
        return ERR_UNSUPPORTED;
    }
    if (paging_map_device(hw->plic.base, hw->plic.size) != OK) {
        log_error("PLIC at 0x%lx: no memory to map its registers", (unsigned long)hw->plic.base.a);
        return ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < hart_count(); i++) {
        contexts[i] = find_context(hart_at(i)->id);
        if (contexts[i] != NO_CONTEXT)
            init_context(contexts[i]);
        else
            log_debug("PLIC at 0x%lx: no S context for hart %lu", (unsigned long)hw->plic.base.a,
                      (unsigned long)hart_at(i)->id);
    }
    return OK;
}

static enum err plic_enable(const struct wired_irq *irq, uint32_t slot, uint32_t hart_index)
{
    (void)slot; /* found again by the source */
    if (hart_index >= hart_count() || contexts[hart_index] == NO_CONTEXT)
        return ERR_NOT_FOUND;
    uintptr_t enable = enable_register(contexts[hart_index], irq->source);
    io_write32(priority_register(irq->source), 1);
    io_write32(enable, io_read32(enable) | UINT32_C(1) << irq->source % 32);
    return OK;
}

static bool plic_handle(void)
{
    uint32_t context = contexts[this_hart()->index], source;
    while (context != NO_CONTEXT && (source = io_read32(claim_register(context))) != 0) {
        irqchip_run_source(source);
        io_write32(claim_register(context), source);
    }
    return false;
}

const struct irqchip_ops irqchip_plic = {
    .name = "PLIC",
    .init = plic_init,
    .hart_init = NULL, /* the boot hart has set up all contexts */
    .enable = plic_enable,
    .handle = plic_handle,
    .send_ipi = NULL,
};
