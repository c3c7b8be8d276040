#include <axhal/arch/csr.h>
#include <axhal/arch/cpu.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axhal/panic.h>
#include <stddef.h>

#define IRQ_MAX 16
static interrupt_handler_t handlers[IRQ_MAX];

void interrupt_set_handler(unsigned irq, interrupt_handler_t handler)
{
    handlers[irq] = handler;
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

void interrupt_dispatch(void)
{
    uint64_t pending = csr_read_sip() & csr_read_sie();
    while (pending != 0) {
        unsigned irq = (unsigned)__builtin_ctzll(pending);
        pending &= pending - 1;
        if (irq >= IRQ_MAX || handlers[irq] == NULL)
            panic("interrupt %u is enabled and has no handler", irq);
        handlers[irq]();
    }
    cpu_fence_after_acknowledge();
}

void interrupt_wait(void)
{
    cpu_wait_for_interrupt();
    interrupt_dispatch();
}
