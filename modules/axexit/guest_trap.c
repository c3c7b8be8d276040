/* Traps that the guest takes itself, though its hardware brought them here. */
#include "internal.h"

struct verdict inject(enum exception cause, uint64_t tval)
{
    return (struct verdict){.kind = VERDICT_INJECT, .cause = cause, .tval = tval};
}

#define INSTRUCTION_WFI 0x10500073
#define WFI_LENGTH 4

/* A wfi may end for any reason (Priv 1.13 §3.3.3): one sleep of the host's is enough. */
static struct verdict sleep_until_interrupt(struct vcpu *vcpu)
{
    ledger_switch(vcpu->ledger, LEDGER_IDLE);
    if (!vcpu_interrupt_pending(vcpu))
        vcpu_wait(vcpu);
    ledger_switch(vcpu->ledger, LEDGER_WFI);
    return (struct verdict){.kind = VERDICT_RESUME, .length = WFI_LENGTH};
}

/*
 * An instruction that would work with V=0, such as an access to a CSR of the hypervisor extension
 * or to a counter that hcounteren does not give (Priv 1.13 §18.6.1). The guest's machine has none
 * of that: there it is an illegal instruction. stval may be 0, then the guest's is too.
 */
struct verdict handle_virtual_instruction(struct vcpu *vcpu, const struct vm_exit *exit)
{
    if (vcpu->trap_wfi && exit->tval == INSTRUCTION_WFI)
        return sleep_until_interrupt(vcpu);
    return inject(EXC_ILLEGAL, exit->tval);
}
