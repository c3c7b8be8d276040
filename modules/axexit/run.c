/* The loop of a vCPU: requests, entry, exit, handler, verdict. */
#include <axhal/interrupt.h>
#include <axhal/trap.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include "internal.h"

#define ECALL_LENGTH 4

static struct verdict handle_interrupt(struct vcpu *vcpu, const struct vm_exit *exit)
{
    (void)vcpu;
    (void)exit;
    interrupt_dispatch();
    mailbox_run();
    return (struct verdict){.kind = VERDICT_RETRY};
}

static struct verdict handle_ecall(struct vcpu *vcpu, const struct vm_exit *exit)
{
    (void)exit;
    static const enum verdict_kind kinds[] = {
        [SBI_RESUME] = VERDICT_RESUME, [SBI_WAIT] = VERDICT_WAIT, [SBI_HALT] = VERDICT_STOP};
    enum sbi_verdict v = sbi_handle(&machine_of(vcpu)->sbi, vcpu);
    return (struct verdict){.kind = kinds[v], .length = ECALL_LENGTH};
}

/* Nothing that a guest can do should come here: the VM stops, the host goes on. */
static struct verdict handle_unexpected(struct vcpu *vcpu, const struct vm_exit *exit)
{
    log_error("vCPU %u: %s (scause 0x%lx) at 0x%lx, stval 0x%lx", vcpu->id,
              exception_name(exit->cause), (unsigned long)exit->cause, (unsigned long)vcpu->sepc,
              (unsigned long)exit->tval);
    machine_of(vcpu)->stop(machine_of(vcpu), vcpu, "an exit that has no handler");
    return (struct verdict){.kind = VERDICT_STOP};
}

typedef struct verdict (*exit_handler_t)(struct vcpu *vcpu, const struct vm_exit *exit);

static exit_handler_t handler_of(uint64_t cause)
{
    static const exit_handler_t handlers[] = {
        [EXC_ECALL_VS] = handle_ecall,
        [EXC_FETCH_GUEST_PAGE] = handle_guest_page_fault,
        [EXC_LOAD_GUEST_PAGE] = handle_guest_page_fault,
        [EXC_VIRTUAL_INSTRUCTION] = handle_virtual_instruction,
        [EXC_STORE_GUEST_PAGE] = handle_guest_page_fault,
    };
    if (cause & CAUSE_INTERRUPT)
        return handle_interrupt;
    if (cause >= ARRAY_SIZE(handlers) || handlers[cause] == NULL)
        return handle_unexpected;
    return handlers[cause];
}

/* With nobody left to start another this VM can never run again. The last to stop sees all. */
static void stop_if_all_stopped(const struct vcpu *vcpu)
{
    struct exit_machine *machine = machine_of(vcpu);
    for (uint32_t i = 0; i < machine->sbi.vcpu_count; i++) {
        if (atomic_load(&machine->sbi.vcpus[i].hsm_state) != SBI_HSM_STOPPED)
            return;
    }
    machine->stop(machine, vcpu, "every vCPU has stopped itself");
}

static void apply(struct vcpu *vcpu, const struct verdict *v)
{
    switch (v->kind) {
    case VERDICT_RESUME:
    case VERDICT_WAIT:
        vcpu->sepc += v->length;
        break;
    case VERDICT_INJECT:
        vcpu_inject(vcpu, v->cause, v->tval);
        break;
    case VERDICT_STOP:
        vcpu_clear_interrupts(vcpu);
        stop_if_all_stopped(vcpu);
        break;
    case VERDICT_RETRY:
        break;
    }
}

/* A start that was posted (SBI 2.0 §9.1), or the interrupt that ends a suspend (§9.4). */
static void wake(struct vcpu *vcpu, uint32_t requests)
{
    if (requests & VCPU_REQ_START) {
        sbi_hart_reset(&machine_of(vcpu)->sbi, vcpu);
        vcpu_reset(vcpu, vcpu->start_pc, vcpu->id, vcpu->start_opaque);
        atomic_store(&vcpu->hsm_state, SBI_HSM_STARTED);
    }
    if (atomic_load(&vcpu->hsm_state) == SBI_HSM_SUSPENDED && vcpu_interrupt_pending(vcpu)) {
        if (vcpu->resume_pending)
            vcpu_reset(vcpu, vcpu->resume_pc, vcpu->id, vcpu->resume_opaque);
        vcpu->resume_pending = false;
        atomic_store(&vcpu->hsm_state, SBI_HSM_STARTED);
    }
}

void exit_run_vcpu(struct vcpu *vcpu)
{
    struct vm_exit exit;
    vcpu_clear_interrupts(vcpu);
    for (;;) {
        uint32_t requests = vcpu_take_requests(vcpu);
        if (requests & VCPU_REQ_HALT)
            break;
        wake(vcpu, requests);
        if (atomic_load(&vcpu->hsm_state) != SBI_HSM_STARTED || vcpu->paused) {
            vcpu_wait(vcpu);
            mailbox_run();
        } else if (vcpu_run(vcpu, &exit)) {
            struct verdict verdict = handler_of(exit.cause)(vcpu, &exit);
            apply(vcpu, &verdict);
        }
    }
    sbi_hart_reset(&machine_of(vcpu)->sbi, vcpu);
}
