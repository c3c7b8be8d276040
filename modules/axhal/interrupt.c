#include <axhal/arch/csr.h>
#include <axhal/arch/cpu.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axhal/panic.h>
#include <lib/exit_path.h>
#include <stddef.h>

#define IRQ_MAX 16
static EXIT_PATH_DATA interrupt_handler_t handlers[IRQ_MAX];
static EXIT_PATH_DATA uint64_t handled; /* a bit for each of them */

void interrupt_set_handler(unsigned irq, interrupt_handler_t handler)
{
    handlers[irq] = handler;
    handled |= IRQ_BIT(irq);
}

void interrupt_enable(unsigned irq)
{
    csr_set_sie(IRQ_BIT(irq));
}

void interrupt_disable(unsigned irq)
{
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
    uint64_t pending = csr_read_sip() & csr_read_sie();
    if ((pending & ~handled) != 0)
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
