/* Suspends, retentive and not, and what wakes from them. */
#include "cases.h"
#include "setup.h"

#define OPAQUE 0x0123456789abcdef

/* suspend.S writes it at the resume. */
struct resumed {
    uint64_t a0, a1, satp, sie;
};

uint64_t suspend_to_resume(uint64_t extension, uint64_t function, uint64_t type, uint64_t opaque,
                           struct resumed *resumed);

static void arm(const struct machine *m)
{
    csr_set(sie, IRQ_BIT(IRQ_STI));
    sbi_set_timer(time_now() + m->timebase / 100);
}

static void disarm(void)
{
    sbi_set_timer(UINT64_MAX);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
    csr_write(sie, 0);
}

static void check_retentive(const char *name, uint64_t irq)
{
    struct sbi_ret r = sbi_call(SBI_EXT_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_RETENTIVE, 0, 0, 0);
    check_equal(name, "error, pending",
                VALUES((uint64_t)r.error, (csr_read(sip) & IRQ_BIT(irq)) != 0),
                VALUES(SBI_SUCCESS, true), 2);
    disarm();
}

/* With its translation on, to see that it is off at the resume. */
static void check_resume(const char *name, uint64_t self, uint64_t extension, uint64_t function,
                         uint64_t type, uint64_t irq)
{
    struct resumed r = {0};
    csr_write(satp, paging_satp());
    uint64_t error = suspend_to_resume(extension, function, type, OPAQUE, &r);
    csr_write(satp, 0);
    setup_floating_point();
    check_equal(name, "error, a0, a1, satp, sstatus.SIE, pending",
                VALUES(error, r.a0, r.a1, r.satp, r.sie, (csr_read(sip) & IRQ_BIT(irq)) != 0),
                VALUES(0, self, OPAQUE, 0, 0, true), 6);
    disarm();
}

static void check_suspends(const struct machine *m, uint64_t self)
{
    arm(m);
    check_retentive("retentive suspend, timer", IRQ_STI);
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    csr_set(sip, IRQ_BIT(IRQ_SSI));
    check_retentive("retentive suspend, pending already", IRQ_SSI);
    arm(m);
    check_resume("non-retentive suspend, timer", self, SBI_EXT_HSM, SBI_HSM_SUSPEND,
                 SBI_HSM_SUSPEND_NON_RETENTIVE, IRQ_STI);
    arm(m);
    check_resume("system suspend, timer", self, SBI_EXT_SUSP, SBI_SUSP_SUSPEND, 0, IRQ_STI);
}

static void check_wakes_by_ipi(uint64_t self)
{
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    second_command(SEND_IPI);
    check_retentive("retentive suspend, IPI", IRQ_SSI);
    if (calls_opensbi()) /* 1.5 does not wake from it */
        return;
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    second_command(SEND_IPI);
    check_resume("non-retentive suspend, IPI", self, SBI_EXT_HSM, SBI_HSM_SUSPEND,
                 SBI_HSM_SUSPEND_NON_RETENTIVE, IRQ_SSI);
}

void suspend_cases(const struct machine *machine, uint64_t self)
{
    check_suspends(machine, self);
    if (!machine->has_peer)
        return;
    second_start_at(machine->peer, 0);
    check_wakes_by_ipi(self);
    second_stop(machine->peer);
}
