/* SBI calls that end with the guest's callee-saved registers in place: see in_place.c. */
#include "in_place.h"

static RARE enum exit_left end_answered(struct vcpu *vcpu)
{
    vcpu_note_booked_waits(vcpu);
    note_answered(vcpu);
    return end_unusual(vcpu);
}

static inline void step_over_call(void)
{
    csr_write_sepc(csr_read_sepc() + ECALL_LENGTH);
}

static inline enum exit_left perform(struct vcpu *vcpu, const struct sbi_extension *extension)
{
    note_call(vcpu);
    if (sbi_perform(extension, &machine_of(vcpu)->sbi, vcpu) == SBI_RESUME)
        step_over_call();
    return end_usual(vcpu) ? EXIT_DONE : end_unusual(vcpu);
}

STAGE enum exit_left serve_in_full(struct vcpu *vcpu, const struct sbi_extension *extension)
{
    observe(vcpu);
    return perform(vcpu, extension);
}

/* What the exit was, and that it waited for no other hart, is noted only where that is of use. */
STAGE enum exit_left serve_shortly(struct vcpu *vcpu, const struct sbi_extension *extension)
{
    const bool plain = observe_but_waits(vcpu);
    if (extension->shortcut(&machine_of(vcpu)->sbi, vcpu)) {
        step_over_call();
        return end_usual(vcpu) ? EXIT_DONE : end_answered(vcpu);
    }
    if (plain)
        vcpu_note_waits(vcpu);
    return perform(vcpu, extension);
}
