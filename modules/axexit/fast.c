/*
 * The fast path: exits that end without the guest's callee-saved registers ever being moved.
 * Unusual conditions come first and go to the slow path with nothing changed; behind the commit
 * point there are only commits.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axsbi/sbi.h>

/* Commit: a0, a1, and the pc behind the ecall. */
static inline bool answer(struct vcpu *vcpu, long value)
{
    vcpu->x[REG_A0] = SBI_SUCCESS;
    vcpu->x[REG_A1] = (uint64_t)value;
    csr_write_sepc(csr_read_sepc() + 4);
    return true;
}

/* SBI 2.0 §7.1: an IPI to the caller alone, by a mask with its own bit or bits. */
static inline bool is_self(const struct vcpu *vcpu, uint64_t mask, uint64_t base)
{
    uint64_t shift = vcpu->id - base;
    return base <= vcpu->id && shift < 64 && mask == UINT64_C(1) << shift;
}

bool exit_fast(struct vcpu *vcpu, uint64_t cause)
{
    vcpu->exits++;
    if (cause != EXC_ECALL_VS)
        return false;
    uint64_t extension = vcpu->x[REG_A7], function = vcpu->x[REG_A6];
    if (extension == SBI_EXT_TIME && function == SBI_TIME_SET_TIMER && vcpu->has_sstc) {
        csr_write_vstimecmp(vcpu->x[REG_A0]);
        return answer(vcpu, 0);
    }
    if (extension == SBI_EXT_IPI && function == SBI_IPI_SEND &&
        is_self(vcpu, vcpu->x[REG_A0], vcpu->x[REG_A1])) {
        csr_set_hvip(IRQ_BIT(IRQ_VSSI));
        return answer(vcpu, 0);
    }
    if (extension == SBI_EXT_BASE && function == SBI_BASE_SPEC_VERSION)
        return answer(vcpu, SBI_GUEST_SPEC_VERSION);
    return false;
}
