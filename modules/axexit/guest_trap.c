/* Traps that the guest takes itself, though its hardware brought them here. */
#include "internal.h"

struct verdict inject(enum exception cause, uint64_t tval)
{
    return (struct verdict){.kind = VERDICT_INJECT, .cause = cause, .tval = tval};
}

/*
 * An instruction that would work with V=0, such as an access to a CSR of the hypervisor extension
 * or to a counter that hcounteren does not give (Priv 1.13 §18.6.1). The guest's machine has none
 * of that: there it is an illegal instruction. stval may be 0, then the guest's is too.
 */
struct verdict handle_virtual_instruction(struct vcpu *vcpu, const struct vm_exit *exit)
{
    (void)vcpu;
    return inject(EXC_ILLEGAL, exit->tval);
}
