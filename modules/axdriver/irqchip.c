#include <axdriver/irqchip.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <stddef.h>
#include "irqchip_ops.h"

static const struct hardware *hw;
static const struct irqchip_ops *ops; /* NULL: there is no controller */

static struct {
    struct wired_irq irq;
    void (*handler)(void *context);
    void *context;
} slots[IRQCHIP_SLOTS];
static uint32_t slots_used;

void irqchip_run_slot(uint32_t slot)
{
    slots[slot].handler(slots[slot].context);
}

const struct wired_irq *irqchip_slot_irq(uint32_t slot)
{
    return slot < slots_used ? &slots[slot].irq : NULL;
}

void irqchip_run_source(uint32_t source)
{
    for (uint32_t i = 0; i < slots_used; i++)
        if (slots[i].irq.source == source)
            irqchip_run_slot(i);
}

bool irqchip_handle_external(void)
{
    return ops != NULL && ops->handle();
}

bool irqchip_has_ipi(void)
{
    return ops != NULL && ops->send_ipi != NULL;
}

long irqchip_send_ipi(uint64_t hart_id)
{
    return ops->send_ipi(hart_id);
}

/* The IPI itself is all that the waiting hart needs: it looks into its mailbox. */
static void on_external(void)
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

enum err irqchip_init(const void *fdt)
{
    hw = hardware_of_machine(fdt);
    const struct irqchip_ops *chosen = choose(hw->irqchip);
    if (chosen == NULL) {
        log_warn("interrupt controller: the device tree has no enabled node compatible with "
                 "sifive,plic-1.0.0, or riscv,aplic and riscv,imsics, for S-mode");
        return ERR_NOT_FOUND;
    }
    enum err err = chosen->init(hw);
    if (err != OK)
        return err;
    ops = chosen;
    interrupt_set_handler(IRQ_SEI, on_external);
    if (ops->send_ipi != NULL)
        mailbox_set_ipi(ops->send_ipi);
    log_info("interrupt controller: %s", ops->name);
    return OK;
}

void irqchip_hart_init(void)
{
    if (ops == NULL)
        return;
    if (ops->hart_init != NULL)
        ops->hart_init();
    interrupt_enable(IRQ_SEI);
}

static bool belongs_to_us(const struct wired_irq *irq)
{
    bool plic = hw->irqchip == IRQCHIP_PLIC;
    uint32_t phandle = plic ? hw->plic.phandle : hw->aplic.phandle;
    uint32_t sources = plic ? hw->plic.sources : hw->aplic.sources;
    return irq->controller == phandle && irq->source >= 1 && irq->source <= sources;
}

enum err irqchip_enable(const struct wired_irq *irq, uint32_t hart_index,
                        void (*handler)(void *context), void *context)
{
    if (ops == NULL || !belongs_to_us(irq))
        return ERR_NOT_FOUND;
    for (uint32_t i = 0; i < slots_used; i++)
        if (slots[i].irq.source == irq->source)
            return ERR_EXISTS;
    if (slots_used == IRQCHIP_SLOTS)
        return ERR_NO_MEMORY;
    uint32_t slot = slots_used++;
    slots[slot].irq = *irq;
    slots[slot].handler = handler;
    slots[slot].context = context;
    enum err err = ops->enable(irq, slot, hart_index);
    if (err != OK)
        slots_used--;
    return err;
}
