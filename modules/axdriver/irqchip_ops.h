/* Between irqchip.c and the controllers. */
#pragma once
#include <axdriver/hardware.h>
#include <axhal/hart.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* An interrupt that the host takes: by wire, or by a message. */
struct irq_slot {
    struct wired_irq irq; /* source 0: a message */
    uint32_t hart_index;
    /* NULL: not in use. Written last: another hart may just handle a message that was sent for the
     * one that had the slot before. */
    void (*_Atomic handler)(void *context);
    void *context;
    bool held; /* completed by irqchip_complete(), not after the handler; a message never is */
};
#define IRQCHIP_SLOTS 32

/* As the functions of axdriver/irqchip.h; enable, disable and hart_init run one at a time. */
struct irqchip_ops {
    const char *name;
    enum err (*init)(const struct hardware *hw); /* `hw` stays */
    void (*hart_init)(void);
    /* The source is this controller's. ERR_NOT_FOUND: it can't be routed to the slot's hart. */
    enum err (*enable)(const struct irq_slot *slot);
    void (*disable)(const struct irq_slot *slot);
    void (*complete)(const struct irq_slot *slot);
    bool (*is_active)(const struct irq_slot *slot);
    struct irq_message (*message)(const struct irq_slot *slot); /* NULL: it takes none */
    bool (*handle)(void);
    long (*send_ipi)(const struct hart *hart); /* NULL: by the firmware */
};

extern const struct irqchip_ops irqchip_plic;
extern const struct irqchip_ops irqchip_imsic;

/* Only irqchip.c writes them. */
extern struct irq_slot irqchip_slots[IRQCHIP_SLOTS];
/* NULL: the source is not enabled. */
struct irq_slot *irqchip_slot_of(uint32_t source);
