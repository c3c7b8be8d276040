/* IPI (SBI 2.0 §7): supervisor software interrupts to a list of harts, the caller perhaps too. */
#include <lib/exit_path.h>
#include "extension.h"

/* A stopped hart belongs to the SBI implementation and takes no interrupts (SBI 2.0 §9.2). */
static bool takes_interrupts(struct vcpu *vcpu)
{
    return atomic_load(&vcpu->hsm_state) != SBI_HSM_STOPPED;
}

static EXIT_PATH struct sbi_outcome send(struct sbi_machine *machine, struct vcpu *self,
                                         uint64_t mask, uint64_t base)
{
    uint64_t targets;
    if (!sbi_hart_mask(machine, mask, base, &targets))
        return sbi_refuse(SBI_ERR_INVALID_PARAM);

    for (struct vcpu *vcpu = machine->vcpus; targets; vcpu++, targets >>= 1)
        if ((targets & 1) && takes_interrupts(vcpu)) {
            vcpu_post(vcpu, VCPU_REQ_IPI);
            self->events[SBI_PMU_FW_IPI_SENT] += vcpu != self;
        }
    return sbi_done(0);
}

static EXIT_PATH struct sbi_outcome handle(const struct sbi_call *call)
{
    if (call->function != SBI_IPI_SEND)
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    return send(call->machine, call->vcpu, call->args[0], call->args[1]);
}

const struct sbi_extension sbi_ipi = {.id = SBI_EXT_IPI,
                                      .handle = handle,
                                      .column = LEDGER_SBI_IPI,
                                      .columns = 1,
                                      .in_place = SBI_ALL_IN_PLACE};
