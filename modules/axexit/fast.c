/*
 * The fast path: exits that end without the guest's callee-saved registers ever being moved.
 * Unusual conditions come first and go to the slow path with nothing changed; behind the commit
 * point there are only commits.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axsbi/sbi.h>
#include <axtrace/trace.h>
#include "internal.h"

/* Out of line: it must not cost the usual exit a stack frame. Done: what exit_fast returns. */
static __attribute__((noinline, cold)) bool book_unusual(struct vcpu *vcpu,
                                                         enum ledger_column column, uint64_t now)
{
    struct ledger *ledger = vcpu->ledger;
    ledger->exit = (struct ledger_exit){
        .pc = csr_read_sepc() - ECALL_LENGTH,
        .cause = EXC_ECALL_VS,
        .args = {vcpu->x[REG_A7], vcpu->x[REG_A6], 0}, /* a0 is the answer's by now */
    };
    if (!ledger_book_unseen(ledger, column, now))
        ledger_book_long_exit(ledger, column, now);
    return true;
}

/* Commit: a0, a1, the pc behind the ecall, and the exit's time. */
static inline bool answer(struct vcpu *vcpu, long value, enum ledger_column column,
                          struct ledger *ledger, uint64_t began)
{
    vcpu->x[REG_A0] = SBI_SUCCESS;
    vcpu->x[REG_A1] = (uint64_t)value;
    csr_write_sepc(csr_read_sepc() + ECALL_LENGTH);
    uint64_t now = CONFIG_LEDGER ? csr_read_time() : 0;
    return ledger_book_usual(ledger, column, began, now) || book_unusual(vcpu, column, now);
}

/* SBI 2.0 §7.1: an IPI to the caller alone, by a mask with its own bit or bits. */
static inline bool is_self(const struct vcpu *vcpu, uint64_t mask, uint64_t base)
{
    uint64_t shift = vcpu->id - base;
    return base <= vcpu->id && shift < 64 && mask == UINT64_C(1) << shift;
}

/* `ledger` is the vCPU's, and up to `began` all is booked. */
static inline bool serve(struct vcpu *vcpu, uint64_t cause, struct ledger *ledger, uint64_t began)
{
    if (cause != EXC_ECALL_VS)
        return false;
    uint64_t extension = vcpu->x[REG_A7], function = vcpu->x[REG_A6];
    if (extension == SBI_EXT_TIME && function == SBI_TIME_SET_TIMER && vcpu->has_sstc) {
        csr_write_vstimecmp(vcpu->x[REG_A0]);
        return answer(vcpu, 0, LEDGER_SBI_TIME, ledger, began);
    }
    if (extension == SBI_EXT_IPI && function == SBI_IPI_SEND &&
        is_self(vcpu, vcpu->x[REG_A0], vcpu->x[REG_A1])) {
        csr_set_hvip(IRQ_BIT(IRQ_VSSI));
        return answer(vcpu, 0, LEDGER_SBI_IPI, ledger, began);
    }
    if (extension == SBI_EXT_BASE && function == SBI_BASE_SPEC_VERSION)
        return answer(vcpu, SBI_GUEST_SPEC_VERSION, LEDGER_SBI_BASE, ledger, began);
    return false;
}

static void note_call(const struct vcpu *vcpu)
{
    uint64_t extension = vcpu->x[REG_A7], function = vcpu->x[REG_A6], a0 = vcpu->x[REG_A0];
    uint64_t *args = vcpu->ledger->exit.args;
    args[0] = extension;
    args[1] = function;
    args[2] = a0;
    trace(TRACE_SBI, vcpu->ledger->vm, vcpu->ledger->vcpu, extension << 32 | function, a0);
}

/* The same after a time in the guest that was no usual piece: long, or each one is looked at. */
static __attribute__((noinline)) bool serve_after_long(struct vcpu *vcpu, uint64_t cause,
                                                       uint64_t now)
{
    struct ledger *ledger = vcpu->ledger;
    ledger->exit = (struct ledger_exit){.pc = csr_read_sepc(), .cause = cause};
    if (cause == EXC_ECALL_VS)
        note_call(vcpu);
    ledger_book_long(ledger, LEDGER_GUEST, now);
    return (atomic_load_explicit(&ledger->armed, memory_order_relaxed) & LEDGER_ARMED_SLOW) == 0 &&
           serve(vcpu, cause, ledger, now);
}

bool exit_fast(struct vcpu *vcpu, uint64_t cause, uint64_t now)
{
    struct ledger *ledger = vcpu->ledger;
    vcpu->exits++;
    if (!ledger_book_usual(ledger, LEDGER_GUEST, ledger->mark, now))
        return serve_after_long(vcpu, cause, now);
    return serve(vcpu, cause, ledger, now);
}
