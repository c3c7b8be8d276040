/* A hart's own data, reached over tp, and the waits for what traps write into it. */
#pragma once
#include <axbare/arch/csr.h>
#include <stdbool.h>
#include <stdint.h>

struct hart {
    void (*main)(void);         /* the second hart's; start.S knows that it is the first member */
    volatile uint64_t timers;   /* timer interrupts handled */
    volatile uint64_t arrival;  /* the time CSR at the entry of the last of them */
    volatile uint64_t ipis;     /* software interrupts handled */
    volatile uint64_t messages; /* messages to its interrupt file claimed */
};

/* [0]: the hart that booted; [1]: the second. */
extern struct hart harts[2];

/*
 * hart_start of the hart `id`, which begins with main() as harts[1], interrupts disabled. main()
 * does not return. Returns the SBI's error.
 */
long second_start(uint64_t id, void (*main)(void));
/* hart_stop of the calling hart. Ends in fail() if the call returns. */
_Noreturn void stop_self(void);

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

/* This hart has the interrupts `irqs` (bits of sip) pending, or some of them. */
static inline bool interrupts_pending(uint64_t irqs)
{
    return (csr_read(sip) & irqs) != 0;
}

/* Waits in wfi for one that is enabled in sie. Masked in sstatus it ends the wfi too, and is not
 * handled (Priv 1.13 §3.3.3). */
void sleep_until_pending(uint64_t irqs);
/* Spins until *counter is not `old`. Ends in fail(`what`) after minutes of it. */
void wait_for_change(const volatile uint64_t *counter, uint64_t old, const char *what);
/* Waits in wfi for an interrupt, unless *counter, which a handler of this hart changes, is not
 * `old`. */
void sleep_once(const volatile uint64_t *counter, uint64_t old);
/* Waits in wfi until a handler of this hart has changed *counter; interrupts are enabled. */
void sleep_until_change(const volatile uint64_t *counter, uint64_t old);
