/*
 * The host's PLIC (PLIC 1.0.0). Every source that is in use has priority 1; a hart's S context
 * lets all through. A hart finds its context in a table by its index.
 */
#include <axhal/csr_bits.h>
#include <axhal/hart.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include "irqchip_ops.h"

#define NO_CONTEXT UINT32_MAX
#define MAX_SOURCES 1023

static const struct hardware *hw;
static uint32_t contexts[PLATFORM_MAX_HARTS]; /* of hart_at(i) */
/* Bit i % 32 of word i / 32: source i was claimed, and is to be completed later. */
static _Atomic uint32_t in_service[(MAX_SOURCES + 1) / 32];

static uintptr_t priority_register(uint32_t source)
{
    return hw->plic.base.a + 4 * source;
}

static uintptr_t pending_register(uint32_t source)
{
    return hw->plic.base.a + 0x1000 + source / 32 * 4;
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
    if (hardware_target(hw, &hw->plic.targets, IRQ_SEI, hart_id, &context) != OK ||
        context_offset(context) + 8 > hw->plic.size)
        return NO_CONTEXT;
    return context;
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
        if (contexts[i] == NO_CONTEXT)
            log_debug("PLIC at 0x%lx: no S context for hart %lu", (unsigned long)hw->plic.base.a,
                      (unsigned long)hart_at(i)->id);
    }
    return OK;
}

/* The priority comes last: QEMU looks at it, and not at the enable bit, for a source that pends. */
static enum err open_source(const struct irq_slot *slot)
{
    DEBUG_ASSERT(slot->hart_index < hart_count());
    uint32_t source = slot->irq.source, context = contexts[slot->hart_index];
    if (context == NO_CONTEXT)
        return ERR_NOT_FOUND;
    uintptr_t enable = enable_register(context, source);
    io_write32(enable, io_read32(enable) | UINT32_C(1) << source % 32);
    io_write32(priority_register(source), 1);
    return OK;
}

static bool is_in_service(uint32_t source)
{
    return (atomic_load(&in_service[source / 32]) >> source % 32 & 1) != 0;
}

/* Any hart's accesses reach any context. The next claim may come with the write. */
static void plic_complete(const struct irq_slot *slot)
{
    DEBUG_ASSERT(slot->irq.source >= 1 && slot->irq.source <= hw->plic.sources);
    uint32_t source = slot->irq.source;
    atomic_fetch_and(&in_service[source / 32], ~(UINT32_C(1) << source % 32));
    io_write32(claim_register(contexts[slot->hart_index]), source);
}

/* What was claimed, and is to be completed after the handler or later. */
static void serve(const struct irq_slot *slot)
{
    DEBUG_ASSERT(slot->handler != NULL);
    uint32_t source = slot->irq.source;
    atomic_fetch_or(&in_service[source / 32], UINT32_C(1) << source % 32);
    slot->handler(slot->context);
    if (!slot->held)
        plic_complete(slot);
}

/*
 * Its last owner may have left the source in service: now it interrupts the one that has it. Or has
 * completed it while it was being closed: such a completion is ignored (§ Interrupt Completion) and
 * is made up for here.
 */
static enum err plic_enable(const struct irq_slot *slot)
{
    enum err err = open_source(slot);
    if (err == OK && is_in_service(slot->irq.source))
        serve(slot);
    else if (err == OK)
        plic_complete(slot);
    return err;
}

/* Firmware closes the context of a hart that it starts, and a boot loader may have left it open
 * for others: the hart's own interrupts, and only those, are let through. */
static void plic_hart_init(void)
{
    uint32_t context = contexts[this_hart()->index];
    if (context == NO_CONTEXT)
        return;
    for (uint32_t source = 0; source <= hw->plic.sources; source += 32)
        io_write32(enable_register(context, source), 0);
    for (uint32_t i = 0; i < IRQCHIP_SLOTS; i++) {
        const struct irq_slot *slot = &irqchip_slots[i];
        if (slot->handler != NULL && contexts[slot->hart_index] == context)
            (void)open_source(slot);
    }
    io_write32(threshold_register(context), 0);
}

/* A gateway forwards nothing while its interrupt is not completed (§ Interrupt Gateways), so it is:
 * what is active pends then. */
static bool plic_is_active(const struct irq_slot *slot)
{
    uint32_t source = slot->irq.source;
    plic_complete(slot);
    return (io_read32(pending_register(source)) >> source % 32 & 1) != 0;
}

/* What is in service stays so. Completed, it would pend again if its wire is high, but not in
 * QEMU, whose PLIC sees a wire only when it changes: the next life of a VM would wait for ever. */
static void plic_disable(const struct irq_slot *slot)
{
    uint32_t source = slot->irq.source;
    uintptr_t enable = enable_register(contexts[slot->hart_index], source);
    io_write32(enable, io_read32(enable) & ~(UINT32_C(1) << source % 32));
}

static bool plic_handle(void)
{
    uint32_t context = contexts[this_hart()->index], source;
    while (context != NO_CONTEXT && (source = io_read32(claim_register(context))) != 0) {
        const struct irq_slot *slot = irqchip_slot_of(source);
        if (slot != NULL)
            serve(slot);
        else
            io_write32(claim_register(context), source);
    }
    return false;
}

const struct irqchip_ops irqchip_plic = {
    .name = "PLIC",
    .init = plic_init,
    .hart_init = plic_hart_init,
    .enable = plic_enable,
    .disable = plic_disable,
    .complete = plic_complete,
    .is_active = plic_is_active,
    .message = NULL,
    .handle = plic_handle,
    .send_ipi = NULL,
};
