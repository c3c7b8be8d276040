/*
 * Exits that end with the guest's callee-saved registers where they are: what the fast path leaves
 * and needs neither the exit's CSRs in a struct nor a change of the vCPU's state. Such an exit
 * costs half of one on the slow path.
 *
 * The vCPU stays away (axvcpu/vcpu.h) all the time, so who posts a request meanwhile kicks it, and
 * it comes out again. What was posted before is looked at in return_to_guest().
 */
#include <axhal/interrupt.h>
#include <axipi/mailbox.h>
#include <axtrace/trace.h>
#include <axvcpu/exit_csrs.h>
#include <lib/exit_path.h>
#include "internal.h"

/* Requests that change nothing but CSRs of the guest. */
#define IN_PLACE_REQUESTS                                                                          \
    (VCPU_REQ_IPI | VCPU_REQ_EXTERNAL | VCPU_REQ_FENCE_I | VCPU_REQ_FENCE_VVMA)

/* For samples and events: whose doing the exit is. An answered call's a0 is its answer. */
static EXIT_PATH void note_exit(const struct vcpu *vcpu, uint64_t cause, bool answered)
{
    struct ledger_exit *note = &vcpu->ledger->exit;
    *note = (struct ledger_exit){.pc = csr_read_sepc(), .cause = cause};
    if (cause == EXC_ECALL_VS) {
        note->pc -= answered ? ECALL_LENGTH : 0;
        note->args[0] = vcpu->x[REG_A7];
        note->args[1] = vcpu->x[REG_A6];
        note->args[2] = answered ? 0 : vcpu->x[REG_A0];
    } else if (!(cause & CAUSE_INTERRUPT)) {
        note->args[0] = vcpu_fault_address().a;
        note->args[1] = csr_read_htinst();
    }
}

/* What the fast path has served, after an exit that was no usual piece. */
static void book_served(struct vcpu *vcpu)
{
    struct ledger *ledger = vcpu->ledger;
    enum ledger_column column = (enum ledger_column)ledger->column;
    uint64_t now = csr_read_time();
    ledger_name(ledger, LEDGER_GUEST);
    if (ledger_book_unseen(ledger, column, now))
        return;
    ledger_check_stop(ledger);
    note_exit(vcpu, EXC_ECALL_VS, true);
    ledger_book_long_exit(ledger, column, now);
}

/* The guest's time up to the exit. */
static EXIT_PATH void book_guest(struct vcpu *vcpu, uint64_t cause)
{
    struct ledger *ledger = vcpu->ledger;
    if (!CONFIG_LEDGER || ledger_book_usual(ledger, LEDGER_GUEST, vcpu->exit_time) ||
        ledger_book_unseen(ledger, LEDGER_GUEST, vcpu->exit_time))
        return;
    note_exit(vcpu, cause, false);
    if (cause == EXC_ECALL_VS)
        trace(TRACE_SBI, ledger->vm, ledger->vcpu, vcpu->x[REG_A7] << 32 | vcpu->x[REG_A6],
              vcpu->x[REG_A0]);
    ledger_book_long(ledger, LEDGER_GUEST, vcpu->exit_time);
}

/* Somebody looks at each exit, or has something to do before each entry. */
static bool needs_slow_path(const struct vcpu *vcpu)
{
    return atomic_load_explicit(&vcpu->ledger->armed, memory_order_relaxed) != 0 ||
           vcpu->before_entry || vcpu->flush_at_entry;
}

/* False: there is something for the loop, and nothing is taken. What comes behind the look kicks.
 */
static inline bool take_in_place(struct vcpu *vcpu)
{
    uint32_t requests = atomic_load(&vcpu->requests);
    if ((requests & ~(uint32_t)IN_PLACE_REQUESTS) != 0)
        return false;
    if (requests != 0)
        vcpu_take_requests(vcpu, IN_PLACE_REQUESTS);
    return true;
}

/* The last of an exit that is served. */
static EXIT_PATH enum exit_left return_to_guest(struct vcpu *vcpu)
{
    if (!take_in_place(vcpu) || needs_slow_path(vcpu))
        return EXIT_LOOP;
    vcpu_note_entry(vcpu);
    ledger_enter_guest(vcpu->ledger);
    return EXIT_DONE;
}

static EXIT_PATH enum exit_left serve_call(struct vcpu *vcpu)
{
    const struct sbi_extension *extension = sbi_find_in_place(vcpu->x[REG_A7], vcpu->x[REG_A6]);
    if (extension == NULL)
        return EXIT_OPEN;
    ledger_check_stop(vcpu->ledger);
    vcpu_note_exit(vcpu);
    note_exit(vcpu, EXC_ECALL_VS, false);
    sbi_perform(extension, &machine_of(vcpu)->sbi, vcpu);
    csr_write_sepc(csr_read_sepc() + ECALL_LENGTH);
    return return_to_guest(vcpu);
}

/* What is posted is taken first: who waits for a fence goes on that much sooner. */
static EXIT_PATH enum exit_left serve_interrupt(struct vcpu *vcpu, uint64_t cause)
{
    (void)take_in_place(vcpu);
    ledger_check_stop(vcpu->ledger);
    vcpu_note_exit(vcpu);
    note_exit(vcpu, cause, false);
    ledger_name(vcpu->ledger, LEDGER_HOST_INTERRUPT);
    interrupt_dispatch();
    mailbox_run();
    return return_to_guest(vcpu);
}

/* The exception that the guest's own hardware would have given for the access. */
static enum exit_left refuse_access(struct vcpu *vcpu, uint64_t cause)
{
    uint64_t fault = mmio_access_fault(cause), tval = csr_read_stval();
    ledger_name(vcpu->ledger, LEDGER_INJECT);
    vcpu_save_state(vcpu);
    vcpu_inject(vcpu, fault, tval);
    vcpu_load_state(vcpu);
    return return_to_guest(vcpu);
}

static enum exit_left serve_access(struct vcpu *vcpu, uint64_t cause)
{
    struct mmio_access access;
    enum err err = mmio_find_in_place(vcpu, cause, &access);
    if (err == ERR_UNSUPPORTED)
        return EXIT_OPEN;
    ledger_check_stop(vcpu->ledger);
    vcpu_note_exit(vcpu);
    note_exit(vcpu, cause, false);
    if (err != OK || mmio_perform(vcpu, &access) != OK)
        return refuse_access(vcpu, cause);
    csr_write_sepc(csr_read_sepc() + access.op.length);
    return return_to_guest(vcpu);
}

EXIT_PATH enum exit_left exit_in_place(struct vcpu *vcpu, uint64_t cause, enum exit_left left)
{
    if (left == EXIT_BOOK) {
        book_served(vcpu);
        return EXIT_DONE;
    }
    if (vcpu->delivered.deadline != 0)
        vcpu_account_delivered(vcpu);
    if (left != EXIT_BEGUN)
        book_guest(vcpu, cause);
    if (needs_slow_path(vcpu))
        return EXIT_OPEN;
    if (cause == EXC_ECALL_VS)
        return serve_call(vcpu);
    if (cause == EXC_LOAD_GUEST_PAGE || cause == EXC_STORE_GUEST_PAGE)
        return serve_access(vcpu, cause);
    if (cause & CAUSE_INTERRUPT)
        return serve_interrupt(vcpu, cause);
    return EXIT_OPEN;
}
