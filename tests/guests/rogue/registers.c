/* All integer and floating-point registers survive what goes to the SBI and back. */
#include "cases.h"
#include <string.h>

CODE(call_sbi, "ecall");
CODE(load_device, "lbu t0, (t0)");
CODE(spin, "1: j 1b");

#define UART_SCR 0x10000007
#define T0 5

static void fill(struct attempt *a, const char *code)
{
    *a = (struct attempt){.pc = (uintptr_t)code, .fcsr = 0x61};
    for (unsigned i = 1; i < 32; i++)
        a->x[i] = UINT64_C(0x0123456789abcd01) * i | 1;
    for (unsigned i = 0; i < 32; i++)
        a->f[i] = ~(UINT64_C(0x0fedcba987654321) * (i + 1));
}

/* What is wrong, as a bit mask of registers: x in the first value, f in the second. */
static void compare(const char *name, const struct attempt *a, const struct attempt *before,
                    uint64_t cause)
{
    uint64_t wrong_x = 0, wrong_f = 0;
    for (unsigned i = 1; i < 32; i++)
        wrong_x |= (uint64_t)(a->x[i] != before->x[i]) << i;
    for (unsigned i = 0; i < 32; i++)
        wrong_f |= (uint64_t)(a->f[i] != before->f[i]) << i;
    check_equal(name, "scause, wrong x, wrong f, fcsr", VALUES(a->cause, wrong_x, wrong_f, a->fcsr),
                VALUES(cause, 0, 0, before->fcsr), 4);
}

static void survive_call(const char *name, uint64_t extension, uint64_t function, uint64_t a0,
                         uint64_t a1, uint64_t error, uint64_t value)
{
    struct attempt a, before;
    fill(&a, call_sbi);
    a.x[A0] = a0, a.x[A1] = a1, a.x[A2] = 0, a.x[A6] = function, a.x[A7] = extension;
    before = a;
    before.x[A0] = error, before.x[A1] = value;
    attempt_run(&a, SUPERVISOR, false);
    compare(name, &a, &before, BREAKPOINT);
}

static void survive_device(void)
{
    struct attempt a, before;
    *(volatile uint8_t *)UART_SCR = 0x42;
    fill(&a, load_device);
    a.x[T0] = UART_SCR;
    before = a;
    before.x[T0] = 0x42;
    attempt_run(&a, SUPERVISOR, false);
    compare("registers survive a device access", &a, &before, BREAKPOINT);
}

/* Both are on their way when the code begins. */
static void survive_interrupts(uint64_t self)
{
    struct attempt a, before;
    fill(&a, spin);
    before = a;
    csr_set(sie, IRQ_BIT(IRQ_STI));
    sbi_set_timer(time_now() + 20000);
    attempt_run(&a, SUPERVISOR, true);
    compare("registers survive a timer interrupt", &a, &before, CAUSE_INTERRUPT | IRQ_STI);
    sbi_set_timer(UINT64_MAX);
    csr_clear(sie, IRQ_BIT(IRQ_STI));

    fill(&a, spin);
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, 1, self, 0, 0);
    attempt_run(&a, USER, true);
    compare("registers survive an IPI", &a, &before, CAUSE_INTERRUPT | IRQ_SSI);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
    csr_clear(sie, IRQ_BIT(IRQ_SSI));
}

void register_cases(uint64_t self)
{
    survive_call("registers survive a set_timer", SBI_EXT_TIME, SBI_TIME_SET_TIMER, UINT64_MAX, 7,
                 SBI_SUCCESS, 0);
    survive_call("registers survive a probe", SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_BASE, 7,
                 SBI_SUCCESS, 1);
    survive_call("registers survive a remote fence", SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 1, self,
                 SBI_SUCCESS, 0);
    survive_call("registers survive an error", 0x12345678, 9, 7, 7, (uint64_t)SBI_ERR_NOT_SUPPORTED,
                 0);
    survive_device();
    survive_interrupts(self);
}
