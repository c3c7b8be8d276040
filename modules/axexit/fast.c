/*
 * The fast path: the commonest exits, which end before most of the guest's registers are moved.
 * Unusual conditions come first and leave everything to exit_in_place(); behind the commit point
 * there are only commits.
 *
 * Whoever is called from here would use registers that are still the guest's: nobody is
 * (scripts/lint looks).
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axsbi/sbi.h>
#include <lib/exit_path.h>
#include "internal.h"

/* The vCPU's ledger, when the exit began, and how long the guest ran before it. */
struct began {
    struct ledger *ledger;
    uint64_t now, ticks;
};

static inline enum exit_left leave(struct vcpu *vcpu, uint64_t now)
{
    vcpu->exit_time = now;
    return EXIT_OPEN;
}

/* The mark is written once, at the end of the exit's own piece. */
static inline enum exit_left book(enum ledger_column column, struct began began)
{
    struct ledger *ledger = began.ledger;
    uint64_t now = CONFIG_LEDGER ? csr_read_time() : 0, ticks = now - began.now;
    ledger_count_usual(ledger, LEDGER_GUEST, began.ticks);
    if (!ledger_is_usual(ledger, column, ticks)) {
        ledger_set_mark(ledger, began.now);
        ledger_name(ledger, column);
        return EXIT_BOOK;
    }
    ledger_count_usual(ledger, column, ticks);
    ledger_set_mark(ledger, now);
    return EXIT_DONE;
}

/* Commit: a0, a1, the pc behind the ecall, and the time. */
static inline enum exit_left answer(struct vcpu *vcpu, long value, enum ledger_column column,
                                    struct began began)
{
    vcpu->x[REG_A0] = SBI_SUCCESS;
    vcpu->x[REG_A1] = (uint64_t)value;
    csr_write_sepc(csr_read_sepc() + ECALL_LENGTH);
    return book(column, began);
}

/* SBI 2.0 §7.1: an IPI to the caller alone, by a mask with its own bit or bits. */
static inline bool is_self(const struct vcpu *vcpu, uint64_t mask, uint64_t base)
{
    uint64_t shift = vcpu->id - base;
    return base <= vcpu->id && shift < 64 && mask == UINT64_C(1) << shift;
}

/* In VU-mode VS-mode's interrupts are taken whatever SIE says (Priv 1.13 §12.1.1). */
static inline bool is_masked(void)
{
    return (csr_read_vsstatus() & SSTATUS_SIE) == 0 && (csr_read_sstatus() & SSTATUS_SPP) != 0;
}

/* Nobody records, and no other timer is being accounted for. */
static inline bool is_plain(const struct vcpu *vcpu)
{
    return atomic_load_explicit(&vcpu->ledger->armed, memory_order_relaxed) == 0 &&
           vcpu->late.deadline == 0 && !vcpu->late.finished && vcpu->delivered.deadline == 0;
}

EXIT_PATH enum exit_left exit_fast(struct vcpu *vcpu, uint64_t cause, uint64_t now, uint64_t a3,
                                   uint64_t a4, uint64_t a5, uint64_t function, uint64_t extension)
{
    (void)a3;
    (void)a4;
    (void)a5;
    struct ledger *ledger = vcpu->ledger;
    struct began began = {ledger, now, CONFIG_LEDGER ? now - ledger->mark : 0};
    vcpu->exits++;
    if (cause != EXC_ECALL_VS || !ledger_is_usual(ledger, LEDGER_GUEST, began.ticks))
        return leave(vcpu, now);
    if (extension == SBI_EXT_TIME && function == SBI_TIME_SET_TIMER && vcpu->has_sstc) {
        csr_write_vstimecmp(vcpu->x[REG_A0]);
        return answer(vcpu, 0, LEDGER_SBI_TIME, began);
    }
    if (extension == SBI_EXT_IPI && function == SBI_IPI_SEND &&
        is_self(vcpu, vcpu->x[REG_A0], vcpu->x[REG_A1])) {
        csr_set_hvip(IRQ_BIT(IRQ_VSSI));
        return answer(vcpu, 0, LEDGER_SBI_IPI, began);
    }
    if (extension == SBI_EXT_BASE && function == SBI_BASE_SPEC_VERSION)
        return answer(vcpu, SBI_GUEST_SPEC_VERSION, LEDGER_SBI_BASE, began);
    return leave(vcpu, now);
}

/* Without Sstc the guest's timer is the host's: what is due is made pending for the guest. */
EXIT_PATH enum exit_left exit_fast_interrupt(struct vcpu *vcpu, uint64_t cause, uint64_t now)
{
    uint64_t deadline = vcpu->guest_deadline;
    vcpu->exits++;
    if (cause != (CAUSE_INTERRUPT | IRQ_STI) || !vcpu->timer_alone || now < deadline ||
        !is_plain(vcpu))
        return leave(vcpu, now);
    csr_set_hvip(IRQ_BIT(IRQ_VSTI));
    csr_clear_sie(IRQ_BIT(IRQ_STI)); /* the host's own stays pending until the next one is set */
    vcpu->guest_deadline = UINT64_MAX;
    vcpu->timer_alone = false;
    if (CONFIG_LEDGER) {
        ledger_hold(vcpu->ledger, LEDGER_GUEST);
        vcpu->delivered.pc = csr_read_sepc();
        vcpu->delivered.masked = is_masked();
        vcpu->delivered.exit = now;
        vcpu->delivered.deadline = deadline;
        vcpu->delivered.entry = csr_read_time();
    }
    return EXIT_DONE;
}
