/*
 * The host's interrupt controller: a PLIC, or an APLIC that sends its interrupts as messages to
 * the harts' IMSICs. Which one is there was found in the device tree. Without either the host
 * runs on: then nothing wired interrupts.
 */
#pragma once
#include <axdriver/hardware.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Boot hart, once, after paging_enable() and mailbox_init(): finds, maps and initializes the
 * controller, takes the supervisor external interrupt's handler, and lets harts send each other
 * IPIs by IMSICs or by ACLINT's SSWI where there is one (mailbox_set_ipi). ERR_NOT_FOUND: the
 * machine has no controller that we drive; ERR_UNSUPPORTED, ERR_NO_MEMORY: it has one that can't be
 * used. Each failure is logged with its reason.
 */
enum err irqchip_init(const void *fdt);

/* Each hart, each time it comes from the firmware: lets external interrupts wake it. */
void irqchip_hart_init(void);

/*
 * Any hart: routes a wired interrupt to the hart `hart_index`, whose irqchip_handle_external()
 * then calls handler(context). The handler must make a level-triggered source quiet. ERR_NOT_FOUND:
 * the controller has no such source, or no way to that hart, or is another than `irq` says;
 * ERR_EXISTS: it is routed already; ERR_NO_MEMORY: too many.
 */
enum err irqchip_enable(const struct wired_irq *irq, uint32_t hart_index,
                        void (*handler)(void *context), void *context);

/*
 * Any hart: the same for a device that interrupts by messages: `message` is the one that it is to
 * send. ERR_NOT_FOUND: no such hart; ERR_UNSUPPORTED: the controller takes none; ERR_NO_MEMORY: too
 * many.
 */
enum err irqchip_enable_message(uint32_t hart_index, void (*handler)(void *context), void *context,
                                struct irq_message *message);

/*
 * The same as irqchip_enable() for a source that another makes quiet, later: a guest. When the
 * handler has run it stays closed until irqchip_complete().
 */
enum err irqchip_enable_held(const struct wired_irq *irq, uint32_t hart_index,
                             void (*handler)(void *context), void *context);
/* Any hart: a source that irqchip_enable_held() has enabled may interrupt again, and does if it is
 * still active. One that is open already stays so. */
void irqchip_complete(const struct wired_irq *irq);
/* Any hart: a source that irqchip_enable_held() has enabled is active, whether it is closed or not.
 * It may interrupt once more for that. */
bool irqchip_is_active(const struct wired_irq *irq);
/*
 * The hart that the source is routed to: it no longer interrupts, and its handler is not running.
 * An interrupt that the handler was called for and that was not completed comes again when the
 * source is enabled next.
 */
void irqchip_disable(const struct wired_irq *irq);

/*
 * This hart: takes all external interrupts that are pending for it and calls their handlers.
 * True if an IPI was among them; nothing else is done for that.
 */
bool irqchip_handle_external(void);
