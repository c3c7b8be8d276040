/*
 * The fast path: the commonest exits, which end before most of the guest's registers are moved.
 * Unusual conditions come first and leave everything to exit_in_place(); after the commit point
 * there are only commits. Calls that only need an answer are inline in axsbi/answers.h, and the
 * extension's own handler gives the same.
 *
 * Calls nothing: a callee would clobber registers that are still the guest's (scripts/lint looks).
 */
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/arch/hfence.h>
#include <axhal/csr_bits.h>
#include <axsbi/answers.h>
#include <lib/exit_path.h>
#include "internal.h"

static inline enum exit_left leave(struct vcpu *vcpu, uint64_t now)
{
    vcpu->exit_time = now;
    return EXIT_OPEN;
}

/* The guest's time up to `now` is booked. */
static inline enum exit_left leave_begun(struct vcpu *vcpu, uint64_t now)
{
    vcpu->exit_time = now;
    ledger_set_mark(vcpu->ledger, now);
    return EXIT_BEGUN;
}

/* Commit: a0, a1, the pc after the ecall, and the time since `began`. */
static inline enum exit_left answer(struct vcpu *vcpu, uint64_t value, enum ledger_column column,
                                    uint64_t began)
{
    vcpu->x[REG_A0] = SBI_SUCCESS;
    vcpu->x[REG_A1] = value;
    csr_write_sepc(csr_read_sepc() + ECALL_LENGTH);
    if (ledger_end_usual(vcpu->ledger, column, began))
        return EXIT_DONE;
    ledger_name(vcpu->ledger, column);
    return EXIT_BOOK;
}

/* SBI 2.0 §7.1: an IPI to the caller alone, by a mask with its own bit or bits. */
static inline bool is_self(const struct vcpu *vcpu, uint64_t mask, uint64_t base)
{
    uint64_t shift = vcpu->id - base;
    return base <= vcpu->id && shift < 64 && mask == UINT64_C(1) << shift;
}

/* Fences of the caller alone (SBI 3.0 §8). False: nothing has been done. */
static inline bool fence_self(const struct vcpu *vcpu, uint64_t function, uint64_t a0)
{
    if (!is_self(vcpu, a0, vcpu->x[REG_A1]))
        return false;
    if (function == SBI_RFENCE_FENCE_I)
        cpu_fence_i();
    else if (function == SBI_RFENCE_SFENCE_VMA && sbi_range_valid(vcpu->x[REG_A2], vcpu->x[REG_A3]))
        cpu_hfence_vvma_all(); /* of the VMID in hgatp, the guest's */
    else
        return false;
    return true;
}

/* In VU-mode VS-mode's interrupts are taken whatever SIE says (Priv 1.13 §12.1.1). */
static inline bool is_masked(void)
{
    return (csr_read_vsstatus() & SSTATUS_SIE) == 0 && (csr_read_sstatus() & SSTATUS_SPP) != 0;
}

/* No event is recorded, and no other timer is being accounted for: of one that was delivered, the
 * guest's column is held. */
static inline bool is_plain(const struct vcpu *vcpu)
{
    return ledger_is_usual(vcpu->ledger, LEDGER_GUEST, 0) && !vcpu->late_open;
}

EXIT_PATH enum exit_left exit_fast(struct vcpu *vcpu, uint64_t a0, uint64_t now, uint64_t a3,
                                   uint64_t a4, uint64_t a5, uint64_t function, uint64_t extension)
{
    (void)a3;
    (void)a4;
    (void)a5;
    write_once(&vcpu->exits, vcpu->exits + 1);
    if (!ledger_begin(vcpu->ledger, now))
        return leave(vcpu, now);
    if (extension == SBI_EXT_TIME && function == SBI_TIME_SET_TIMER && !vcpu->without_sstc) {
        csr_write_vstimecmp(a0);
        return answer(vcpu, 0, LEDGER_SBI_TIME, now);
    }
    if (extension == SBI_EXT_IPI && function == SBI_IPI_SEND &&
        is_self(vcpu, a0, vcpu->x[REG_A1])) {
        csr_set_hvip(IRQ_BIT(IRQ_VSSI));
        return answer(vcpu, 0, LEDGER_SBI_IPI, now);
    }
    if (extension == SBI_EXT_BASE && function == SBI_BASE_SPEC_VERSION)
        return answer(vcpu, SBI_GUEST_SPEC_VERSION, LEDGER_SBI_BASE, now);

    const struct sbi_machine *machine = &machine_of(vcpu)->sbi;
    uint64_t value = 0;
    if (extension == SBI_EXT_BASE && sbi_base_answer(machine, function, a0, &value))
        return answer(vcpu, value, LEDGER_SBI_BASE, now);
    if (extension == SBI_EXT_HSM && function == SBI_HSM_STATUS &&
        sbi_status_answer(machine, a0, &value))
        return answer(vcpu, value, LEDGER_SBI_HSM_STATUS, now);
    if (extension == SBI_EXT_RFENCE && fence_self(vcpu, function, a0)) {
        /* A constant column is booked in less. */
        if (function == SBI_RFENCE_FENCE_I)
            return answer(vcpu, 0, LEDGER_SBI_RFENCE_I, now);
        return answer(vcpu, 0, LEDGER_SBI_RFENCE_VMA, now);
    }
    return leave_begun(vcpu, now);
}

/* Without Sstc the guest's timer is the host's: what is due is made pending for the guest. */
EXIT_PATH enum exit_left exit_fast_interrupt(struct vcpu *vcpu, uint64_t cause, uint64_t now)
{
    uint64_t deadline = vcpu->guest_deadline;
    write_once(&vcpu->exits, vcpu->exits + 1);
    if (cause << 1 != IRQ_STI << 1 || /* CAUSE_INTERRUPT is set, and shifted out */
        !vcpu->timer_alone || now < deadline || !is_plain(vcpu))
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
