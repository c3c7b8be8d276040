/* What a VM is at a moment, and the wish that it ends: all that others ask of its life (life.c). */
#include "internal.h"

void vm_request_end(struct vm *vm, enum vm_end end, const char *reason)
{
    uint32_t none = VM_RUNS;
    if (!atomic_compare_exchange_strong(&vm->end, &none, end))
        return;
    vm->end_reason = reason;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        vcpu_post(&vm->vcpus[i], VCPU_REQ_HALT);
}

enum vm_phase vm_phase(const struct vm *vm)
{
    static const enum vm_phase phases[] = {[VM_CREATED] = VM_PHASE_CREATED,
                                           [VM_LEAVES] = VM_PHASE_ENDING,
                                           [VM_ENDED] = VM_PHASE_ENDED,
                                           [VM_WIPES] = VM_PHASE_WIPING};
    uint32_t life = atomic_load(&vm->life);
    if (life != VM_LIVES)
        return phases[life];
    enum vm_end end = atomic_load(&vm->end);
    if (end != VM_RUNS)
        return end == VM_STARTS ? VM_PHASE_STARTING : VM_PHASE_ENDING;
    return atomic_load(&vm->vcpus[0].pause_wanted) ? VM_PHASE_PAUSED : VM_PHASE_RUNNING;
}
