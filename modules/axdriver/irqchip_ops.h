/* Between irqchip.c and the controllers. */
#pragma once
#include <axdriver/hardware.h>
#include <stdbool.h>
#include <stdint.h>

#define IRQCHIP_SLOTS 8 /* wired interrupts that the host takes; each has a slot */

struct irqchip_ops {
    const char *name;
    /* As the functions of axdriver/irqchip.h. `hw` stays. */
    enum err (*init)(const struct hardware *hw);
    void (*hart_init)(void); /* NULL: nothing to do */
    /* The source exists and belongs to this controller; ERR_NOT_FOUND: not for this hart. */
    enum err (*enable)(const struct wired_irq *irq, uint32_t slot, uint32_t hart_index);
    bool (*handle)(void);
    long (*send_ipi)(uint64_t hart_id); /* NULL: by the firmware */
};

extern const struct irqchip_ops irqchip_plic;
extern const struct irqchip_ops irqchip_imsic;

/* What the controllers call for an interrupt that they took: by source, or by slot. */
void irqchip_run_source(uint32_t source);
void irqchip_run_slot(uint32_t slot);
/* The source of a slot in use. */
const struct wired_irq *irqchip_slot_irq(uint32_t slot);
