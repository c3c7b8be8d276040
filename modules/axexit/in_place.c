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
#include <axtrace/trace.h>
#include <axvcpu/exit_csrs.h>
#include <lib/bits.h>
#include <lib/exit_path.h>
#include "internal.h"

/* Requests that change nothing but CSRs of the guest. */
#define IN_PLACE_REQUESTS                                                                          \
    (VCPU_REQ_IPI | VCPU_REQ_EXTERNAL | VCPU_REQ_FENCE_I | VCPU_REQ_FENCE_VVMA)

/* Callee-saved, and gp: the guest's are where they are, and not in vcpu->x. */
#define IN_REGISTERS (BIT(REG_GP) | BIT(REG_S0) | BIT(REG_S1) | MASK(REG_S11, REG_S2))

/* A function that the exit goes on in, by a jump: it saves the registers that it needs itself, and
 * others do not pay for that. RARE is for what few exits come to. */
#define RARE __attribute__((noinline))
#define STAGE RARE EXIT_PATH

/* For samples and events: whose doing the exit is. */
static inline void note_exit(const struct vcpu *vcpu, uint64_t pc, uint64_t cause, uint64_t a,
                             uint64_t b, uint64_t c)
{
    struct ledger_exit *note = &vcpu->ledger->exit;
    note->pc = pc;
    note->cause = cause;
    note->args[0] = a;
    note->args[1] = b;
    note->args[2] = c;
}

static inline void note_call(const struct vcpu *vcpu)
{
    const uint64_t *x = vcpu->x;
    note_exit(vcpu, csr_read_sepc(), EXC_ECALL_VS, x[REG_A7], x[REG_A6], x[REG_A0]);
}

static inline void note_trap(const struct vcpu *vcpu, uint64_t cause)
{
    if (cause & CAUSE_INTERRUPT)
        note_exit(vcpu, csr_read_sepc(), cause, 0, 0, 0);
    else
        note_exit(vcpu, csr_read_sepc(), cause, vcpu_fault_address().a, csr_read_htinst(), 0);
}

static inline bool is_armed(const struct vcpu *vcpu)
{
    return atomic_load_explicit(&vcpu->ledger->armed, memory_order_relaxed) != 0;
}

/* Each entry has something to do before it. */
static inline bool needs_slow_path(const struct vcpu *vcpu)
{
    return vcpu->before_entry || vcpu->flush_at_entry;
}

/* False: there is something for the loop, and nothing is taken. What comes after the look kicks. */
static bool take_in_place(struct vcpu *vcpu)
{
    uint32_t requests = atomic_load(&vcpu->requests);
    if ((requests & ~(uint32_t)IN_PLACE_REQUESTS) != 0)
        return false;
    vcpu_take_requests(vcpu, IN_PLACE_REQUESTS);
    return true;
}

/* Before an exit is served. True: it is plain, and the waits so far are still to be noted. */
static inline bool observe_but_waits(struct vcpu *vcpu)
{
    ledger_check_stop(vcpu->ledger, vcpu->exits);
    const bool plain = vcpu_is_plain(vcpu, vcpu->exit_time);
    if (!plain)
        vcpu_note_exit(vcpu);
    return plain;
}

static inline void observe(struct vcpu *vcpu)
{
    if (observe_but_waits(vcpu))
        vcpu_note_waits(vcpu);
}

/* The end of an exit that is served, where there is something else to look at. It is noted. */
static RARE enum exit_left end_unusual(struct vcpu *vcpu)
{
    if (atomic_load(&vcpu->requests) != 0 && !take_in_place(vcpu))
        return EXIT_LOOP;
    if (needs_slow_path(vcpu)) /* a call has just asked for it */
        return EXIT_LOOP;
    vcpu_note_entry(vcpu);
    ledger_enter_guest(vcpu->ledger);
    return EXIT_DONE;
}

/* The same, mostly: nothing was posted, no timer is due, and the time is booked. */
static inline __attribute__((always_inline)) bool end_usual(struct vcpu *vcpu)
{
    uint64_t now = csr_read_time();
    /* What is posted from here on kicks, since the vCPU is away: so no order is needed. */
    return atomic_load_explicit(&vcpu->requests, memory_order_relaxed) == 0 &&
           vcpu_is_plain(vcpu, now) && ledger_end(vcpu->ledger, now);
}

/* Of a call that is answered: its a0 is the answer, and the pc is after it. */
static void note_answered(const struct vcpu *vcpu)
{
    note_exit(vcpu, csr_read_sepc() - ECALL_LENGTH, EXC_ECALL_VS, vcpu->x[REG_A7], vcpu->x[REG_A6],
              0);
}

static RARE enum exit_left end_answered(struct vcpu *vcpu)
{
    vcpu_note_booked_waits(vcpu);
    note_answered(vcpu);
    return end_unusual(vcpu);
}

static inline void step_over_call(void)
{
    csr_write_sepc(csr_read_sepc() + ECALL_LENGTH);
}

static inline enum exit_left perform(struct vcpu *vcpu, const struct sbi_extension *extension)
{
    note_call(vcpu);
    if (sbi_perform(extension, &machine_of(vcpu)->sbi, vcpu) == SBI_RESUME)
        step_over_call();
    return end_usual(vcpu) ? EXIT_DONE : end_unusual(vcpu);
}

static STAGE enum exit_left serve_in_full(struct vcpu *vcpu, const struct sbi_extension *extension)
{
    observe(vcpu);
    return perform(vcpu, extension);
}

/* What the exit was, and that it waited for no other hart, is noted only where that is of use. */
static STAGE enum exit_left serve_shortly(struct vcpu *vcpu, const struct sbi_extension *extension)
{
    const bool plain = observe_but_waits(vcpu);
    if (extension->shortcut(&machine_of(vcpu)->sbi, vcpu)) {
        step_over_call();
        return end_usual(vcpu) ? EXIT_DONE : end_answered(vcpu);
    }
    if (plain)
        vcpu_note_waits(vcpu);
    return perform(vcpu, extension);
}

static inline enum exit_left serve_call(struct vcpu *vcpu)
{
    const struct sbi_extension *extension = sbi_find_or_none(vcpu->x[REG_A7]);
    if (extension->shortcut != NULL)
        return serve_shortly(vcpu, extension);
    return sbi_is_in_place(extension, vcpu->x[REG_A6]) ? serve_in_full(vcpu, extension) : EXIT_OPEN;
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

/* Its pc is the guest's sepc by now. */
static RARE enum exit_left end_refused(struct vcpu *vcpu)
{
    note_exit(vcpu, csr_read_vsepc(), csr_read_scause(), vcpu_fault_address().a, csr_read_htinst(),
              0);
    return end_unusual(vcpu);
}

/* The exception that the guest's own hardware would have raised. */
static RARE enum exit_left refuse(struct vcpu *vcpu, enum exception exception)
{
    ledger_name(vcpu->ledger, LEDGER_INJECT);
    vcpu_inject_in_place(vcpu, exception, csr_read_stval());
    return end_usual(vcpu) ? EXIT_DONE : end_refused(vcpu);
}

/*
 * Accesses to devices. The exit's CSRs stay as they were, so what they say is read from them again
 * instead of being kept, and the exit is noted only where that is of use: at an unusual end.
 */
static RARE enum exit_left end_access(struct vcpu *vcpu)
{
    const uint64_t htinst = csr_read_htinst();
    note_exit(vcpu, csr_read_sepc() - htinst_length(htinst), csr_read_scause(),
              vcpu_fault_address().a, htinst, 0);
    return end_unusual(vcpu);
}

/* The device has not taken it; ERR_AGAIN: the guest repeats the instruction. */
static RARE enum exit_left end_not_taken(struct vcpu *vcpu, enum err err)
{
    if (err != ERR_AGAIN)
        return refuse(vcpu, mmio_access_fault(csr_read_scause()));
    note_exit(vcpu, csr_read_sepc(), csr_read_scause(), vcpu_fault_address().a, csr_read_htinst(),
              0);
    return end_unusual(vcpu);
}

static inline bool is_in_register(unsigned reg)
{
    return (IN_REGISTERS >> reg & 1) != 0;
}

static inline enum exit_left step_over_access(struct vcpu *vcpu, uint64_t htinst)
{
    csr_write_sepc(csr_read_sepc() + htinst_length(htinst));
    return end_usual(vcpu) ? EXIT_DONE : end_access(vcpu);
}

static inline void put_loaded(struct vcpu *vcpu, uint64_t htinst, uint64_t value)
{
    if (htinst_rd(htinst) != REG_ZERO)
        vcpu->x[htinst_rd(htinst)] =
            mmio_extend(value, (unsigned)htinst_log_width(htinst), htinst_sign_extends(htinst));
}

/* For a device by its way for all accesses: this one may be several for it. */
static RARE enum exit_left access_in_full(struct vcpu *vcpu, struct mmio_device *device)
{
    const uint64_t htinst = csr_read_htinst();
    const bool write = htinst_is_store(htinst);
    uint64_t value = vcpu->x[htinst_rs2(htinst)];
    vcpu->last_device = device;
    ledger_name(vcpu->ledger, device->column);
    enum err err =
        device_access(device, vcpu_fault_address(), 1U << htinst_log_width(htinst), write, &value);
    if (err != OK)
        return end_not_taken(vcpu, err);
    if (!write)
        put_loaded(vcpu, htinst, value);
    return step_over_access(vcpu, htinst);
}

static RARE enum exit_left refuse_in_hole(struct vcpu *vcpu)
{
    const struct mmio_gap gap = bus_gap(machine_of(vcpu)->bus, vcpu_fault_address());
    vcpu->hole_base = gap.base;
    vcpu->hole_size = gap.size;
    return refuse(vcpu, mmio_access_fault(csr_read_scause()));
}

/* It is not for the device that the last one was for, or is not simple. */
static RARE enum exit_left access_elsewhere(struct vcpu *vcpu, gpa_t at, uint64_t log_width)
{
    if (at.a - vcpu->hole_base < vcpu->hole_size)
        return refuse(vcpu, mmio_access_fault(csr_read_scause()));
    struct mmio_device *device = bus_find(machine_of(vcpu)->bus, at, 1U << log_width);
    return device == NULL ? refuse_in_hole(vcpu) : access_in_full(vcpu, device);
}

/* The device that the last access was for, if this one is for it and is one access; or NULL. */
static inline struct mmio_device *same_device(const struct vcpu *vcpu, gpa_t at, uint64_t log_width)
{
    struct mmio_device *device = vcpu->last_device;
    bool same = access_is_simple(at, log_width) && device != NULL && device_has_byte(device, at);
    return same ? device : NULL;
}

static STAGE enum exit_left serve_load(struct vcpu *vcpu)
{
    uint64_t value, htinst = csr_read_htinst(), log_width = htinst_log_width(htinst);
    if (!htinst_is_load(htinst) || is_in_register(htinst_rd(htinst)))
        return EXIT_OPEN;
    observe(vcpu);
    const gpa_t at = vcpu_fault_address();
    struct mmio_device *device = same_device(vcpu, at, log_width);
    if (device == NULL)
        return access_elsewhere(vcpu, at, log_width);
    ledger_name(vcpu->ledger, device->column);
    if (device->ops->read(device, at.a - device->base.a, 1U << log_width, &value) != OK)
        return refuse(vcpu, EXC_LOAD_ACCESS);
    htinst = csr_read_htinst();
    put_loaded(vcpu, htinst, value);
    return step_over_access(vcpu, htinst);
}

static STAGE enum exit_left serve_store(struct vcpu *vcpu)
{
    const uint64_t htinst = csr_read_htinst(), log_width = htinst_log_width(htinst);
    if (!htinst_is_store(htinst) || is_in_register(htinst_rs2(htinst)))
        return EXIT_OPEN;
    observe(vcpu);
    const gpa_t at = vcpu_fault_address();
    struct mmio_device *device = same_device(vcpu, at, log_width);
    if (device == NULL)
        return access_elsewhere(vcpu, at, log_width);
    ledger_name(vcpu->ledger, device->column);
    const uint64_t value = mmio_extend(vcpu->x[htinst_rs2(htinst)], (unsigned)log_width, false);
    enum err err = device->ops->write(device, at.a - device->base.a, 1U << log_width, value);
    if (err != OK)
        return end_not_taken(vcpu, err);
    return step_over_access(vcpu, csr_read_htinst());
}

static RARE enum exit_left serve_virtual_instruction(struct vcpu *vcpu)
{
    if (!is_illegal_for_sure(vcpu, csr_read_stval()))
        return EXIT_OPEN;
    observe(vcpu);
    return refuse(vcpu, EXC_ILLEGAL);
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
    if (left != EXIT_BEGUN)
        return serve_unbegun(vcpu, cause, left);
    return must_leave(vcpu) ? EXIT_OPEN : serve_call(vcpu); /* by exit_fast(), so it is a call */
}

EXIT_PATH enum exit_left exit_trap(struct vcpu *vcpu, uint64_t cause, uint64_t now)
{
    vcpu->exits++;
    vcpu->exit_time = now;
    return begin(vcpu, cause, now);
}
