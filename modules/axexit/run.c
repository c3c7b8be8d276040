/* The loop of a vCPU: requests, entry, exit, handler, verdict. */
#include <axhal/interrupt.h>
#include <axhal/trap.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include "internal.h"

static void serve_host(void)
{
    interrupt_dispatch();
    mailbox_run();
}

static struct verdict handle_interrupt(struct vcpu *vcpu, const struct vm_exit *exit)
{
    (void)vcpu;
    (void)exit;
    serve_host();
    return (struct verdict){.kind = VERDICT_RETRY};
}

static struct verdict handle_ecall(struct vcpu *vcpu, const struct vm_exit *exit)
{
    (void)exit;
    static const enum verdict_kind kinds[] = {[SBI_RESUME] = VERDICT_RESUME,
                                              [SBI_WAIT] = VERDICT_WAIT,
                                              [SBI_HALT] = VERDICT_STOP,
                                              [SBI_AGAIN] = VERDICT_RETRY};
    enum sbi_verdict v = sbi_handle(&machine_of(vcpu)->sbi, vcpu);
    return (struct verdict){.kind = kinds[v], .length = ECALL_LENGTH};
}

/* Not delegated so far (hedeleg, Priv 1.13 §18.2.2): the guest takes it as if it had been. */
static struct verdict handle_user_call(struct vcpu *vcpu, const struct vm_exit *exit)
{
    (void)exit;
    machine_of(vcpu)->user(machine_of(vcpu));
    return (struct verdict){.kind = VERDICT_INJECT, .cause = EXC_ECALL_U};
}

/* A guest should not be able to come here. If one does its VM stops, and the host goes on. */
static struct verdict handle_unexpected(struct vcpu *vcpu, const struct vm_exit *exit)
{
    log_error("vCPU %u: %s (scause 0x%lx) at 0x%lx, stval 0x%lx", vcpu->id,
              exception_name(exit->cause), (unsigned long)exit->cause, (unsigned long)vcpu->sepc,
              (unsigned long)exit->tval);
    machine_of(vcpu)->stop(machine_of(vcpu), vcpu, "an exit that has no handler");
    return (struct verdict){.kind = VERDICT_STOP};
}

/* What handles a cause, and the column that its time goes to unless the handler knows better. */
struct exit_handler {
    struct verdict (*handle)(struct vcpu *vcpu, const struct vm_exit *exit);
    enum ledger_column column;
};

static struct exit_handler handler_of(uint64_t cause)
{
    static const struct exit_handler handlers[] = {
        [EXC_ECALL_U] = {handle_user_call, LEDGER_INJECT},
        [EXC_ECALL_VS] = {handle_ecall, LEDGER_SBI_OTHER},
        [EXC_FETCH_GUEST_PAGE] = {handle_guest_page_fault, LEDGER_GUEST_PAGE_FAULT},
        [EXC_LOAD_GUEST_PAGE] = {handle_guest_page_fault, LEDGER_GUEST_PAGE_FAULT},
        [EXC_VIRTUAL_INSTRUCTION] = {handle_virtual_instruction, LEDGER_VIRTUAL_INSTRUCTION},
        [EXC_STORE_GUEST_PAGE] = {handle_guest_page_fault, LEDGER_GUEST_PAGE_FAULT},
    };
    if (cause & CAUSE_INTERRUPT)
        return (struct exit_handler){handle_interrupt, LEDGER_HOST_INTERRUPT};
    if (cause >= ARRAY_SIZE(handlers) || handlers[cause].handle == NULL)
        return (struct exit_handler){handle_unexpected, LEDGER_UNEXPECTED};
    return handlers[cause];
}

/* With no vCPU left to start another this VM can never run again. The last to stop sees all. */
static void stop_if_all_stopped(const struct vcpu *vcpu)
{
    struct exit_machine *machine = machine_of(vcpu);
    if (sbi_all_stopped(&machine->sbi, NULL))
        machine->stop(machine, vcpu, "every vCPU has stopped itself");
}

static void apply(struct vcpu *vcpu, const struct verdict *v)
{
    vcpu_assert_own(vcpu);
    switch (v->kind) {
    case VERDICT_RESUME:
    case VERDICT_WAIT:
        vcpu->sepc += v->length;
        break;
    case VERDICT_INJECT:
        ledger_name(vcpu->ledger, LEDGER_INJECT);
        vcpu_trace(vcpu, TRACE_INJECT, v->cause, v->tval);
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

/* Until its first instruction the hart is stopped; the firmware takes a while for what a start sets
 * up, so the host is served in between. */
static void start(struct vcpu *vcpu)
{
    struct sbi_machine *sbi = &machine_of(vcpu)->sbi;
    ledger_switch(vcpu->ledger, LEDGER_STOPPED);
    sbi_hart_reset(sbi, vcpu);
    for (unsigned step = 0; sbi_hart_start(sbi, vcpu, step); step++) {
        ledger_switch(vcpu->ledger, LEDGER_STOPPED);
        serve_host();
    }
}

/* A start that was posted (SBI 2.0 §9.1), or the interrupt that ends a suspend (§9.4). */
static void wake(struct vcpu *vcpu, uint32_t requests)
{
    vcpu_assert_own(vcpu);
    if (requests & VCPU_REQ_START) {
        start(vcpu);
        vcpu_reset(vcpu, vcpu->start_pc, vcpu->id, vcpu->start_opaque);
        vcpu_set_state(vcpu, SBI_HSM_STARTED);
    }
    if (atomic_load(&vcpu->hsm_state) == SBI_HSM_SUSPENDED && vcpu_interrupt_pending(vcpu)) {
        if (vcpu->resume_pending)
            vcpu_reset(vcpu, vcpu->resume_pc, vcpu->id, vcpu->resume_opaque);
        vcpu->resume_pending = false;
        vcpu_set_state(vcpu, SBI_HSM_STARTED);
    }
}

static void handle(struct vcpu *vcpu, const struct vm_exit *exit)
{
    vcpu_assert_own(vcpu);
    struct exit_handler handler = handler_of(exit->cause);
    ledger_name(vcpu->ledger, handler.column);
    ledger_check_stop(vcpu->ledger, vcpu->exits);
    struct verdict verdict = handler.handle(vcpu, exit);
    apply(vcpu, &verdict);
}

static enum ledger_column column_of_wait(const struct vcpu *vcpu)
{
    if (vcpu_is_paused(vcpu))
        return LEDGER_DESCHEDULED;
    return atomic_load(&vcpu->hsm_state) == SBI_HSM_SUSPENDED ? LEDGER_IDLE : LEDGER_STOPPED;
}

/* The guest's own sleep or stop, or a pause; what wakes it is the host's. */
static void wait(struct vcpu *vcpu)
{
    spin_debug_assert_none_held();
    ledger_switch(vcpu->ledger, column_of_wait(vcpu));
    vcpu_wait(vcpu);
    ledger_switch(vcpu->ledger, LEDGER_HOST_INTERRUPT);
    mailbox_run();
}

/* What the hart's interrupts ask for comes before the entry, once: else the guest would only come
 * out again. What follows at once waits for the guest's next exit. */
static bool serve_before_entry(struct vcpu *vcpu, bool served)
{
    if (served || !interrupt_is_pending())
        return false;
    ledger_switch(vcpu->ledger, LEDGER_HOST_INTERRUPT);
    serve_host();
    return true;
}

void exit_run_vcpu(struct vcpu *vcpu)
{
    ASSERT(vcpu->hart == this_hart() && this_hart()->vcpu == vcpu);
    ASSERT(vcpu->machine != NULL);
    struct vm_exit exit;
    bool served = false;
    vcpu_clear_interrupts(vcpu);
    for (;;) {
        uint32_t requests = vcpu_take_requests(vcpu, VCPU_REQ_ALL);
        if (requests & VCPU_REQ_HALT)
            break;
        wake(vcpu, requests);
        if (atomic_load(&vcpu->hsm_state) != SBI_HSM_STARTED || vcpu_is_paused(vcpu)) {
            wait(vcpu);
            continue;
        }
        if ((served = serve_before_entry(vcpu, served)))
            continue;
        if (vcpu->before_entry)
            sbi_before_entry(&machine_of(vcpu)->sbi, vcpu);
        if (vcpu_run(vcpu, &exit))
            handle(vcpu, &exit);
    }
    ledger_switch(vcpu->ledger, LEDGER_STOPPED); /* the guest does not wait for this */
    sbi_hart_reset(&machine_of(vcpu)->sbi, vcpu);
}
