#include <axhal/arch/csr.h>
#include <axhal/arch/cpu.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axhal/panic.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include <stdatomic.h>
#include <stddef.h>

#define IRQ_MAX 16
static EXIT_PATH_DATA interrupt_handler_t handlers[IRQ_MAX];
/* A bit for each of them. Harts may add the same one at a time. */
static EXIT_PATH_DATA _Atomic uint64_t handled;

void interrupt_set_handler(unsigned irq, interrupt_handler_t handler)
{
    ASSERT(irq < IRQ_MAX && handler != NULL);
    ASSERT(handlers[irq] == NULL || handlers[irq] == handler);
    handlers[irq] = handler;
    atomic_fetch_or_explicit(&handled, IRQ_BIT(irq), memory_order_release);
}

void interrupt_enable(unsigned irq)
{
    DEBUG_ASSERT(irq < IRQ_MAX && (atomic_load(&handled) & IRQ_BIT(irq)) != 0);
    csr_set_sie(IRQ_BIT(irq));
}

void interrupt_disable(unsigned irq)
{
    DEBUG_ASSERT(irq < IRQ_MAX);
    csr_clear_sie(IRQ_BIT(irq));
}

bool interrupt_is_pending(void)
{
    return (csr_read_sip() & csr_read_sie()) != 0;
}

/* A test for each: a search for bits costs more where there is no Zbb. */
static inline void call(uint64_t pending, unsigned irq)
{
    if (pending & IRQ_BIT(irq))
        handlers[irq]();
}

EXIT_PATH void interrupt_dispatch(void)
{
    DEBUG_ASSERT((csr_read_sstatus() & SSTATUS_SIE) == 0); /* no host code is interrupted */
    uint64_t pending = csr_read_sip() & csr_read_sie();
    /* The hart's own enable bit follows its own look at the handler: no order is needed. */
    if ((pending & ~atomic_load_explicit(&handled, memory_order_relaxed)) != 0)
        panic("interrupts 0x%lx are enabled and have no handler", (unsigned long)pending);
    call(pending, IRQ_SSI);
    call(pending, IRQ_STI);
    call(pending, IRQ_SEI);
    call(pending, IRQ_SGEI);
    cpu_fence_after_acknowledge();
}

void interrupt_wait(void)
{
    cpu_wait_for_interrupt();
    interrupt_dispatch();
}
