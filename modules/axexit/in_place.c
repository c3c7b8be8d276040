/*
 * Exits that end with the guest's callee-saved registers where they are: what the fast path leaves
 * and needs neither the exit's CSRs in a struct nor a change of the vCPU's state. Such an exit
 * costs half of one on the slow path.
 *
 * The vCPU stays away (axvcpu/vcpu.h) all the time, so a hart that posts a request meanwhile kicks
 * it, and it comes out again. What was posted before is looked at in return_to_guest().
 */
#include <axhal/interrupt.h>
#include <axipi/mailbox.h>
#include <axsync/spinlock.h>
#include <axtrace/trace.h>
#include <lib/assert.h>
#include "in_place.h"

static inline bool is_armed(const struct vcpu *vcpu)
{
    return atomic_load_explicit(&vcpu->ledger->armed, memory_order_relaxed) != 0;
}

/* What is posted is taken first: a hart that waits for a fence goes on that much sooner. */
static STAGE enum exit_left serve_interrupt(struct vcpu *vcpu, uint64_t cause)
{
    if (atomic_load(&vcpu->requests) != 0)
        (void)take_in_place(vcpu);
    observe(vcpu);
    note_trap(vcpu, cause);
    ledger_name(vcpu->ledger, LEDGER_HOST_INTERRUPT);
    interrupt_dispatch();
    mailbox_run();
    return end_usual(vcpu) ? EXIT_DONE : end_unusual(vcpu);
}

static inline bool must_leave(const struct vcpu *vcpu)
{
    return vcpu->unusual != 0 && needs_slow_path(vcpu);
}

/* The guest's time is booked. */
static inline enum exit_left serve(struct vcpu *vcpu, uint64_t cause)
{
    if (must_leave(vcpu))
        return EXIT_OPEN;
    if (cause == EXC_LOAD_GUEST_PAGE)
        return serve_load(vcpu);
    if (cause == EXC_STORE_GUEST_PAGE)
        return serve_store(vcpu);
    if (cause == EXC_ECALL_VS)
        return serve_call(vcpu);
    if (cause & CAUSE_INTERRUPT)
        return serve_interrupt(vcpu, cause);
    return cause == EXC_VIRTUAL_INSTRUCTION ? serve_virtual_instruction(vcpu) : EXIT_OPEN;
}

/* The guest's time up to the exit is no usual piece. If each exit is recorded the slow path has it;
 * a usual piece means that none is. */
static RARE enum exit_left begin_unusual(struct vcpu *vcpu, uint64_t cause)
{
    struct ledger *ledger = vcpu->ledger;
    if (vcpu->delivered.deadline != 0)
        vcpu_account_delivered(vcpu);
    if (!ledger_book_usual(ledger, LEDGER_GUEST, vcpu->exit_time) &&
        !ledger_book_unseen(ledger, LEDGER_GUEST, vcpu->exit_time)) {
        if (cause == EXC_ECALL_VS) {
            note_call(vcpu);
            trace(TRACE_SBI, ledger->vm, ledger->vcpu, vcpu->x[REG_A7] << 32 | vcpu->x[REG_A6],
                  vcpu->x[REG_A0]);
        } else {
            note_trap(vcpu, cause);
        }
        ledger_book_long(ledger, LEDGER_GUEST, vcpu->exit_time);
    }
    return is_armed(vcpu) ? EXIT_OPEN : serve(vcpu, cause);
}

static inline enum exit_left begin(struct vcpu *vcpu, uint64_t cause, uint64_t now)
{
    if (!ledger_begin(vcpu->ledger, now))
        return begin_unusual(vcpu, cause);
    ledger_set_mark(vcpu->ledger, now);
    return serve(vcpu, cause);
}

/* What the fast path has served, after an exit that was no usual piece. */
static RARE enum exit_left book_served(struct vcpu *vcpu)
{
    struct ledger *ledger = vcpu->ledger;
    enum ledger_column column = (enum ledger_column)ledger->column;
    uint64_t now = csr_read_time();
    ledger_name(ledger, LEDGER_GUEST);
    if (ledger_book_unseen(ledger, column, now))
        return EXIT_DONE;
    ledger_check_stop(ledger, vcpu->exits);
    note_answered(vcpu);
    ledger_book_long_exit(ledger, column, now);
    return EXIT_DONE;
}

static STAGE enum exit_left serve_unbegun(struct vcpu *vcpu, uint64_t cause, enum exit_left left)
{
    return left == EXIT_BOOK ? book_served(vcpu) : begin(vcpu, cause, vcpu->exit_time);
}

EXIT_PATH enum exit_left exit_in_place(struct vcpu *vcpu, uint64_t cause, enum exit_left left)
{
    DEBUG_ASSERT(left == EXIT_BOOK || left == EXIT_OPEN || left == EXIT_BEGUN);
    vcpu_assert_own(vcpu);
    if (left != EXIT_BEGUN)
        return serve_unbegun(vcpu, cause, left);
    return must_leave(vcpu) ? EXIT_OPEN : serve_call(vcpu); /* by exit_fast(), so it is a call */
}

EXIT_PATH enum exit_left exit_trap(struct vcpu *vcpu, uint64_t cause, uint64_t now)
{
    vcpu_assert_own(vcpu);
    write_once(&vcpu->exits, vcpu->exits + 1);
    vcpu->exit_time = now;
    return begin(vcpu, cause, now);
}
