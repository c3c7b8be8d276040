/* A hart's own data, reached over tp, and the waits for what traps write into it. */
#pragma once
#include "csr.h"
#include "machine.h"
#include <stdbool.h>
#include <stdint.h>

struct hart {
    volatile uint64_t timers;  /* timer interrupts handled */
    volatile uint64_t arrival; /* the time CSR at the entry of the last of them */
    volatile uint64_t ipis;    /* software interrupts handled */
};

/* [0]: the hart that booted; [1]: the second. */
extern struct hart harts[2];

/* Timers are armed through stimecmp, or through SBI TIME if the hart has no Sstc. */
void timer_use_sstc(bool has_sstc);
/* An interrupt comes when time reaches `deadline` (ticks); the handler disarms the timer. */
void timer_arm(uint64_t deadline);

/* Enables these bits of sie, and interrupts. */
static inline void interrupts_enable(uint64_t irqs)
{
    csr_set(sie, irqs);
    csr_set(sstatus, SSTATUS_SIE);
}

/* Masks interrupts altogether and disables these bits of sie. */
static inline void interrupts_disable(uint64_t irqs)
{
    csr_clear(sstatus, SSTATUS_SIE);
    csr_clear(sie, irqs);
}

/* Spins until *counter is not `old`. Ends in report_failure(`what`) after minutes of it. */
void wait_for_change(const volatile uint64_t *counter, uint64_t old, const char *what);
