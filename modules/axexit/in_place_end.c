/* The end of an exit that was served in place, where more is to be done than in end_usual(). */
#include "in_place.h"

/* Requests that change nothing but CSRs of the guest. */
#define IN_PLACE_REQUESTS                                                                          \
    (VCPU_REQ_IPI | VCPU_REQ_EXTERNAL | VCPU_REQ_FENCE_I | VCPU_REQ_FENCE_VVMA)

bool take_in_place(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    uint32_t requests = atomic_load(&vcpu->requests);
    if ((requests & ~(uint32_t)IN_PLACE_REQUESTS) != 0)
        return false;
    vcpu_take_requests(vcpu, IN_PLACE_REQUESTS);
    return true;
}

RARE enum exit_left end_unusual(struct vcpu *vcpu)
{
    spin_debug_assert_none_held();
    if (atomic_load(&vcpu->requests) != 0 && !take_in_place(vcpu))
        return EXIT_LOOP;
    if (needs_slow_path(vcpu)) /* a call has just asked for it */
        return EXIT_LOOP;
    vcpu_note_entry(vcpu);
    ledger_enter_guest(vcpu->ledger);
    return EXIT_DONE;
}
