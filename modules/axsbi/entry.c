/* Where a hart may begin, and going to sleep until it does: shared by HSM and SUSP. */
#include "extension.h"
#include <lib/assert.h>

#define SHORTEST_INSTRUCTION 2 /* bytes; and with the C extension any even address may hold one */

bool sbi_entry_valid(const struct sbi_machine *machine, uint64_t at)
{
    return is_aligned(at, SHORTEST_INSTRUCTION) &&
           guest_is_ram(machine->memory, gpa(at), SHORTEST_INSTRUCTION, RAM_EXECUTE);
}

struct sbi_outcome sbi_suspend(struct vcpu *vcpu)
{
    vcpu_set_state(vcpu, SBI_HSM_SUSPENDED);
    return (struct sbi_outcome){SBI_WAIT, SBI_SUCCESS, 0};
}

struct sbi_outcome sbi_suspend_to(struct vcpu *vcpu, uint64_t at, uint64_t opaque)
{
    DEBUG_ASSERT(is_aligned(at, SHORTEST_INSTRUCTION) && !vcpu->resume_pending);
    vcpu->resume_pending = true;
    vcpu->resume_pc = at;
    vcpu->resume_opaque = opaque;
    return sbi_suspend(vcpu);
}
