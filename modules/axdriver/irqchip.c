#include <axdriver/irqchip.h>
#include <axhal/csr_bits.h>
#include <axhal/hart.h>
#include <axhal/interrupt.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include <stddef.h>
#include "irqchip_ops.h"
#include "sswi.h"

static const struct hardware *hw;
static EXIT_PATH_DATA const struct irqchip_ops *ops; /* NULL: there is no controller */

static struct spinlock lock = SPINLOCK("irqchip");
/* Written with the lock held, in order; a slot is whole before its interrupt is let through. */
struct irq_slot irqchip_slots[IRQCHIP_SLOTS];

EXIT_PATH bool irqchip_handle_external(void)
{
    return ops != NULL && ops->handle();
}

/* The IPI itself is all that the waiting hart needs: it looks into its mailbox. */
static EXIT_PATH void on_external(void)
{
    (void)irqchip_handle_external();
}

static const struct irqchip_ops *choose(enum irqchip_kind kind)
{
    switch (kind) {
    case IRQCHIP_PLIC:
        return &irqchip_plic;
    case IRQCHIP_IMSIC:
        return &irqchip_imsic;
    case IRQCHIP_NONE:
        break;
    }
    return NULL;
}

/* Messages to IMSICs, or ACLINT's registers; where there is neither, the firmware. */
static void choose_ipi(void)
{
    if (ops != NULL && ops->send_ipi != NULL)
        mailbox_set_ipi(ops->send_ipi);
    else if (hw->sswi.size != 0 && sswi_init(hw) == OK)
        mailbox_set_ipi(sswi_send_ipi);
}

static enum err start_controller(void)
{
    const struct irqchip_ops *chosen = choose(hw->irqchip);
    if (chosen == NULL) {
        log_warn("interrupt controller: the device tree has no enabled node compatible with "
                 "sifive,plic-1.0.0, thead,c900-plic, or riscv,aplic and riscv,imsics, for "
                 "S-mode");
        return ERR_NOT_FOUND;
    }
    enum err err = chosen->init(hw);
    if (err != OK)
        return err;
    ops = chosen;
    interrupt_set_handler(IRQ_SEI, on_external);
    log_info("interrupt controller: %s", ops->name);
    return OK;
}

enum err irqchip_init(const void *fdt)
{
    hw = hardware_of_machine(fdt);
    if (hw->cpus_left_out > 0)
        log_warn("interrupts: the device tree has %u harts; those after the first %u can have none",
                 hw->cpu_count + hw->cpus_left_out, HARDWARE_MAX_CPUS);
    enum err err = start_controller();
    choose_ipi();
    return err;
}

void irqchip_hart_init(void)
{
    if (ops == NULL)
        return;
    spin_lock(&lock);
    ops->hart_init();
    spin_unlock(&lock);
    interrupt_enable(IRQ_SEI);
}

static bool belongs_to_us(const struct wired_irq *irq)
{
    bool plic = hw->irqchip == IRQCHIP_PLIC;
    uint32_t phandle = plic ? hw->plic.phandle : hw->aplic.phandle;
    uint32_t sources = plic ? hw->plic.sources : hw->aplic.sources;
    return irq->controller == phandle && irq->source >= 1 && irq->source <= sources;
}

struct irq_slot *irqchip_slot_of(uint32_t source)
{
    for (uint32_t i = 0; i < IRQCHIP_SLOTS; i++)
        if (irqchip_slots[i].handler != NULL && irqchip_slots[i].irq.source == source)
            return &irqchip_slots[i];
    return NULL;
}

static struct irq_slot *free_slot(void)
{
    spin_debug_assert_held(&lock);
    for (uint32_t i = 0; i < IRQCHIP_SLOTS; i++)
        if (irqchip_slots[i].handler == NULL)
            return &irqchip_slots[i];
    return NULL;
}

/* NULL: all are taken. */
static struct irq_slot *fill_slot(const struct irq_slot *wanted)
{
    ASSERT(wanted->handler != NULL);
    struct irq_slot *slot = free_slot();
    if (slot == NULL)
        return NULL;
    slot->irq = wanted->irq;
    slot->hart_index = wanted->hart_index;
    slot->context = wanted->context;
    slot->held = wanted->held;
    slot->handler = wanted->handler;
    return slot;
}

static enum err enable_locked(const struct irq_slot *wanted)
{
    spin_debug_assert_held(&lock);
    if (irqchip_slot_of(wanted->irq.source) != NULL)
        return ERR_EXISTS;
    struct irq_slot *slot = fill_slot(wanted);
    if (slot == NULL)
        return ERR_NO_MEMORY;
    enum err err = ops->enable(slot);
    if (err != OK)
        *slot = (struct irq_slot){0};
    return err;
}

static enum err enable(const struct irq_slot *wanted)
{
    if (ops == NULL || !belongs_to_us(&wanted->irq) || wanted->hart_index >= hart_count())
        return ERR_NOT_FOUND;
    spin_lock(&lock);
    enum err err = enable_locked(wanted);
    spin_unlock(&lock);
    return err;
}

enum err irqchip_enable(const struct wired_irq *irq, uint32_t hart_index,
                        void (*handler)(void *context), void *context)
{
    struct irq_slot wanted = {
        .irq = *irq, .hart_index = hart_index, .handler = handler, .context = context};
    return enable(&wanted);
}

enum err irqchip_enable_held(const struct wired_irq *irq, uint32_t hart_index,
                             void (*handler)(void *context), void *context)
{
    struct irq_slot wanted = {.irq = *irq,
                              .hart_index = hart_index,
                              .handler = handler,
                              .context = context,
                              .held = true};
    return enable(&wanted);
}

enum err irqchip_enable_message(uint32_t hart_index, void (*handler)(void *context), void *context,
                                struct irq_message *message)
{
    struct irq_slot wanted = {
        .hart_index = hart_index, .handler = handler, .context = context, .held = true};
    if (hart_index >= hart_count())
        return ERR_NOT_FOUND;
    if (ops == NULL || ops->message == NULL)
        return ERR_UNSUPPORTED;
    spin_lock(&lock);
    const struct irq_slot *slot = fill_slot(&wanted);
    spin_unlock(&lock);
    if (slot == NULL)
        return ERR_NO_MEMORY;
    *message = ops->message(slot);
    return OK;
}

void irqchip_complete(const struct wired_irq *irq)
{
    const struct irq_slot *slot = irqchip_slot_of(irq->source);
    if (slot != NULL)
        ops->complete(slot);
}

bool irqchip_is_active(const struct wired_irq *irq)
{
    const struct irq_slot *slot = irqchip_slot_of(irq->source);
    return slot != NULL && ops->is_active(slot);
}

void irqchip_disable(const struct wired_irq *irq)
{
    spin_lock(&lock);
    struct irq_slot *slot = irqchip_slot_of(irq->source);
    if (slot != NULL) {
        ops->disable(slot);
        *slot = (struct irq_slot){0};
    }
    spin_unlock(&lock);
}
