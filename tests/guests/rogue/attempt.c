/* Running attempts and judging them; see attempt.h. */
#include "attempt.h"
#include "check.h"
#include <axbare/arch/csr.h>
#include <stddef.h>
#include <stdio.h>

#define SSTATUS_SPIE (UINT64_C(1) << 5)
#define SSTATUS_SPP (UINT64_C(1) << 8)

_Static_assert(offsetof(struct attempt, fcsr) == 512 && offsetof(struct attempt, outer_sp) == 552,
               "attempt.S has these offsets");

void attempt_enter(struct attempt *attempt);

void attempt_run(struct attempt *attempt, enum mode mode, bool interrupts)
{
    csr_clear(sstatus, SSTATUS_SPP | SSTATUS_SPIE);
    csr_set(sstatus, (mode == SUPERVISOR ? SSTATUS_SPP : 0) | (interrupts ? SSTATUS_SPIE : 0));
    attempt_enter(attempt);
}

static uint64_t mode_of(const struct attempt *attempt)
{
    return attempt->status & SSTATUS_SPP ? SUPERVISOR : USER;
}

void check_trap(const char *name, const char *code, enum mode mode, uint64_t address,
                uint64_t cause, uint64_t tval, uint64_t at)
{
    struct attempt a = {.pc = (uintptr_t)code, .x[A0] = address};
    char full[CHECK_NAME];
    snprintf(full, sizeof full, "%s in %c", name, mode == USER ? 'U' : 'S');
    attempt_run(&a, mode, false);
    check_equal(full, "scause stval sepc mode", VALUES(a.cause, a.tval, a.pc, mode_of(&a)),
                VALUES(cause, tval, at == AT_CODE ? (uintptr_t)code : at, mode), 4);
}

void check_runs(const char *name, const char *code, unsigned length, enum mode mode,
                uint64_t address, uint64_t a1_before, uint64_t a1_after)
{
    struct attempt a = {.pc = (uintptr_t)code, .x[A0] = address, .x[A1] = a1_before};
    uint64_t pc = (uintptr_t)code + length;
    char full[CHECK_NAME];
    snprintf(full, sizeof full, "%s in %c", name, mode == USER ? 'U' : 'S');
    attempt_run(&a, mode, false);
    check_equal(full, "scause sepc a1", VALUES(a.cause, a.pc, a.x[A1]),
                VALUES(BREAKPOINT, pc, a1_after), 3);
}
