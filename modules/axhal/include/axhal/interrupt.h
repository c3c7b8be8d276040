/*
 * Interrupts in the host are never taken as traps: sstatus.SIE stays 0 and a pending one is looked
 * for where the host waits (wfi wakes on it even so, Priv 1.13 §3.3.3) and when a guest exits on
 * it. So no host code is interrupted, and no lock needs an interrupt variant.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef void (*interrupt_handler_t)(void);

/* `irq` is IRQ_SSI, IRQ_STI or IRQ_SEI. The handler must make it not pending. Any hart; an
 * interrupt has one handler for good. */
void interrupt_set_handler(unsigned irq, interrupt_handler_t handler);
/* This hart: lets the interrupt wake it. */
void interrupt_enable(unsigned irq);
void interrupt_disable(unsigned irq);
/*
 * This hart: calls the handlers of what is pending and enabled, once each. What a sender wrote
 * before its interrupt is seen after this call.
 */
bool interrupt_is_pending(void); /* an enabled one: interrupt_dispatch would call a handler */
void interrupt_dispatch(void);
/* This hart: waits until an enabled interrupt, the guest's included, is pending; dispatches. */
void interrupt_wait(void);
