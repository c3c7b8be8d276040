/* Traps, timers and waits of a hart; see hart.h. */
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/imsic.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stdio.h>

#define NEVER UINT64_MAX
/* Ten seconds or so: an emulator's thread for the other hart may get none of the machine for three.
 * One lui loads it: the waits are part of what is measured. */
#define WAIT_ROUNDS (UINT64_C(7) << 28)

struct hart harts[2];
static bool use_sstc;

extern char second_entry[];
void trap_handle(uint64_t cause, uint64_t arrival);

static inline struct hart *self(void)
{
    register struct hart *tp __asm__("tp");
    __asm__("" : "=r"(tp));
    return tp;
}

long second_start(uint64_t id, void (*main)(void))
{
    harts[1].main = main;
    struct sbi_ret r =
        sbi_call(SBI_EXT_HSM, SBI_HSM_START, id, (uintptr_t)second_entry, (uintptr_t)&harts[1], 0);
    return r.error;
}

void stop_self(void)
{
    sbi_call(SBI_EXT_HSM, SBI_HSM_STOP, 0, 0, 0, 0);
    fail("hart_stop: the call returned");
}

void timer_use_sstc(bool has_sstc)
{
    use_sstc = has_sstc;
}

void timer_arm(uint64_t deadline)
{
    if (use_sstc)
        csr_write(CSR_STIMECMP, deadline);
    else
        sbi_set_timer(deadline);
}

static _Noreturn void fail_unexpected(uint64_t cause)
{
    char what[120];
    snprintf(what, sizeof what,
             "unexpected trap: scause %#" PRIx64 " sepc %#" PRIx64 " stval %#" PRIx64, cause,
             csr_read(sepc), csr_read(stval));
    fail(what);
}

/* Only a program that has opened an interrupt file enables this interrupt together with
 * sstatus.SIE. */
static void handle_external(struct hart *hart, uint64_t cause)
{
    if (cause != (CAUSE_INTERRUPT | IRQ_SEI))
        fail_unexpected(cause);
    if (imsic_claim() != 0)
        hart->messages = hart->messages + 1;
}

/* From the vector in start.S, interrupts masked. */
void trap_handle(uint64_t cause, uint64_t arrival)
{
    struct hart *hart = self();
    switch (cause) {
    case CAUSE_INTERRUPT | IRQ_STI:
        timer_arm(NEVER);
        hart->arrival = arrival;
        hart->timers = hart->timers + 1;
        return;
    case CAUSE_INTERRUPT | IRQ_SSI:
        csr_clear(sip, IRQ_BIT(IRQ_SSI));
        hart->ipis = hart->ipis + 1;
        return;
    default:
        handle_external(hart, cause);
    }
}

void sleep_until_pending(uint64_t irqs)
{
    while (!interrupts_pending(irqs))
        __asm__ volatile("wfi" : : : "memory");
}

void wait_for_change(const volatile uint64_t *counter, uint64_t old, const char *what)
{
    for (uint64_t round = 0; round < WAIT_ROUNDS; round++)
        if (*counter != old)
            return;
    fail(what);
}

/*
 * Interrupts are masked at the check, and wfi returns on one that is pending (Priv 1.13 §3.3.3):
 * an interrupt that comes between the two is not slept through.
 */
void sleep_once(const volatile uint64_t *counter, uint64_t old)
{
    csr_clear(sstatus, SSTATUS_SIE);
    if (*counter == old)
        __asm__ volatile("wfi" : : : "memory");
    csr_set(sstatus, SSTATUS_SIE);
}

void sleep_until_change(const volatile uint64_t *counter, uint64_t old)
{
    while (*counter == old)
        sleep_once(counter, old);
}
