/* Traps that the guest takes itself, though its hardware brought them here. */
#include <axipi/mailbox.h>
#include <lib/assert.h>
#include "internal.h"

struct verdict inject(enum exception cause, uint64_t tval)
{
    DEBUG_ASSERT(cause < VCPU_CAUSES);
    return (struct verdict){.kind = VERDICT_INJECT, .cause = cause, .tval = tval};
}

/* The hart executes what it has cached, perhaps, and the host has read what is in memory: without
 * the fences both could go on so for ever. */
struct verdict retry(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    vcpu_fence_local(vcpu, VCPU_REQ_FENCE_I | VCPU_REQ_FENCE_VVMA);
    return (struct verdict){.kind = VERDICT_RETRY};
}

#define WFI_LENGTH 4

/* A wfi may end for any reason (Priv 1.13 §3.3.3): one sleep of the host's is enough. */
static struct verdict sleep_until_interrupt(struct vcpu *vcpu)
{
    ledger_switch(vcpu->ledger, LEDGER_IDLE);
    if (!vcpu_interrupt_pending(vcpu))
        vcpu_wait(vcpu);
    ledger_switch(vcpu->ledger, LEDGER_WFI);
    mailbox_run();
    return (struct verdict){.kind = VERDICT_RESUME, .length = WFI_LENGTH};
}

/* Of a guest some of whose instructions exit to be emulated. stval may be 0: then the guest's code
 * is what is left to look at, and it may have been changed, or its page table. */
static __attribute__((noinline)) struct verdict emulate(struct vcpu *vcpu,
                                                        const struct vm_exit *exit)
{
    uint32_t instruction = (uint32_t)exit->tval;
    struct verdict verdict;
    if (instruction == 0 && fetch_instruction(vcpu, &instruction) != OK)
        return retry(vcpu);
    if (vcpu->trap_wfi && instruction == INSTRUCTION_WFI)
        return sleep_until_interrupt(vcpu);
    if (vcpu->trap_wfi && instruction == INSTRUCTION_WRS_NTO)
        return (struct verdict){.kind = VERDICT_RESUME, .length = WFI_LENGTH};
    if (vcpu->has_aia && emulate_aia(vcpu, instruction, &verdict))
        return verdict;
    return inject(EXC_ILLEGAL, exit->tval);
}

/*
 * An instruction that would work with V=0, such as an access to a CSR of the hypervisor extension
 * (Priv 1.13 §18.6.1). The guest's machine has none of that: there it is an illegal instruction.
 */
struct verdict handle_virtual_instruction(struct vcpu *vcpu, const struct vm_exit *exit)
{
    if (vcpu->trap_wfi || vcpu->has_aia)
        return emulate(vcpu, exit);
    return inject(EXC_ILLEGAL, exit->tval);
}
