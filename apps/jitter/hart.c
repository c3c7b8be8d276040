/* Traps, timers and waits of a hart; see hart.h. */
#include "hart.h"
#include "report.h"
#include "sbi.h"
#include <inttypes.h>
#include <stdio.h>

#define NEVER UINT64_MAX
#define WAIT_ROUNDS (UINT64_C(1) << 28)

struct hart harts[2];
static bool use_sstc;

void trap_handle(uint64_t cause, uint64_t arrival);

static inline struct hart *self(void)
{
    register struct hart *tp __asm__("tp");
    __asm__("" : "=r"(tp));
    return tp;
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
    report_failure(what);
}

/* From the vector in boot.S, interrupts masked. */
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
        fail_unexpected(cause);
    }
}

void wait_for_change(const volatile uint64_t *counter, uint64_t old, const char *what)
{
    for (uint64_t round = 0; round < WAIT_ROUNDS; round++)
        if (*counter != old)
            return;
    report_failure(what);
}
