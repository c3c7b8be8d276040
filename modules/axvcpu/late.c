/*
 * Whose doing a late timer is. The guest's deadline is known (vstimecmp, or what it asked for), and
 * the exits and entries around it: from the deadline to the entry at which the guest can take the
 * interrupt, each tick is somebody's.
 *
 * What the host does not see: with Sstc an interrupt that is taken between two exits of the slow
 * path. It was on time, or late for a reason that is the guest's own.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/time.h>
#include <lib/assert.h>
#include <string.h>
#include "internal.h"

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t deadline_of(const struct vcpu *vcpu)
{
    return vcpu->without_sstc ? vcpu->late.armed : csr_read_vstimecmp();
}

/* Without Sstc the host's timer may be due and not have been looked at. */
static bool is_pending(const struct vcpu *vcpu)
{
    return !vcpu->without_sstc || (csr_read_hvip() & IRQ_BIT(IRQ_VSTI)) != 0;
}

/* Linux masks it in its handler until it has set the next one: then it was taken. */
static bool is_wanted(void)
{
    return (csr_read_vsie() & IRQ_BIT(IRQ_STI)) != 0; /* vsie has VSTIE where sie has STIE */
}

/* In VU-mode VS-mode's interrupts are taken whatever SIE says (Priv 1.13 §12.1.1). */
static bool is_masked(const struct vcpu *vcpu)
{
    return (vcpu->sstatus & SSTATUS_SPP) != 0 && (csr_read_vsstatus() & SSTATUS_SIE) == 0;
}

/* The account of it waits for the next exit: before an entry it would make the timer later still.
 */
static void finish(struct vcpu *vcpu, enum ledger_column column)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    struct late_timer *late = &vcpu->late;
    late->finished = true;
    vcpu->late_open = true;
    late->column = column;
    late->done = late->deadline;
    late->deadline = 0;
}

static void account(struct vcpu *vcpu)
{
    struct late_timer *late = &vcpu->late;
    if (late->deadline != 0 && late->deadline != deadline_of(vcpu))
        finish(vcpu, LEDGER_GUEST); /* taken, and another one set, since the entry */
    if (late->finished && vcpu->ledger->entered > late->seen) /* booking, before the entry */
        late->parts[TRACE_BLAME_EXIT] += vcpu->ledger->entered - late->seen;
    if (late->finished)
        ledger_late(vcpu->ledger, late->done, late->parts, late->column);
    late->finished = false;
    vcpu->late_open = late->deadline != 0;
}

static void begin(struct vcpu *vcpu, uint64_t deadline, uint64_t seen)
{
    struct late_timer *late = &vcpu->late;
    late->deadline = deadline;
    vcpu->late_open = true;
    late->last_part = 0;
    late->seen = later(deadline, seen);
    for (unsigned i = 0; i < TRACE_BLAMES; i++)
        late->parts[i] = 0;
}

void late_at_exit(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    struct late_timer *late = &vcpu->late;
    uint64_t deadline = deadline_of(vcpu), now = vcpu->ledger->mark;
    vcpu_note_waits(vcpu);
    late->last_part = 0;
    account(vcpu);
    if (deadline > now || deadline == late->done)
        return;
    if (!is_wanted()) {
        late->done = deadline;
        late->deadline = 0;
        vcpu->late_open = false;
        return;
    }
    if (late->deadline == 0)
        begin(vcpu, deadline, 0);
    /* Due in the guest and not taken: because it masks interrupts, or has not heard of it yet.
     */
    late->last_blame =
        is_pending(vcpu) && is_masked(vcpu) ? TRACE_BLAME_MASKED : TRACE_BLAME_FIRMWARE;
    late->last_part = now - late->seen;
    late->parts[late->last_blame] += late->last_part;
    late->seen = now;
}

/* The exit's time since the deadline, waits inside it apart. */
static void split_exit(struct vcpu *vcpu, uint64_t now)
{
    struct late_timer *late = &vcpu->late;
    bool paused = vcpu->ledger->column == LEDGER_DESCHEDULED;
    uint64_t all = now - late->seen;
    uint64_t hart = vcpu->ledger->hart_wait - late->hart_wait;
    uint64_t lock = this_hart()->lock_wait - late->lock_wait;
    hart = hart < all ? hart : all;
    lock = lock < all - hart ? lock : all - hart;
    late->parts[TRACE_BLAME_IPI] += hart;
    late->parts[TRACE_BLAME_LOCK] += lock;
    late->parts[paused ? TRACE_BLAME_VCPU : TRACE_BLAME_EXIT] += all - hart - lock;
    late->seen = now;
}

void late_at_entry(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    struct late_timer *late = &vcpu->late;
    uint64_t deadline = deadline_of(vcpu), now = time_now();
    if (late->deadline != 0 && late->deadline != deadline) {
        /* This exit set the next one: its handler ran, since some time after the last entry. */
        late->parts[late->last_blame] -= late->last_part;
        late->seen = UINT64_MAX; /* nothing of this exit */
        finish(vcpu, LEDGER_GUEST);
    }
    if (deadline > now || deadline == late->done)
        return;
    if (late->deadline == 0)
        begin(vcpu, deadline, vcpu->exit_time);
    split_exit(vcpu, now);
    if (is_pending(vcpu) && is_wanted() && !is_masked(vcpu))
        finish(vcpu, (enum ledger_column)vcpu->ledger->column);
}

/* A timer is due that was not accounted for, or is being looked at. */
static bool is_watched(const struct vcpu *vcpu, uint64_t now)
{
    uint64_t deadline = deadline_of(vcpu);
    return vcpu->late_open || (deadline <= now && deadline != vcpu->late.done);
}

void vcpu_note_exit(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    if (!is_watched(vcpu, vcpu->ledger->mark)) {
        vcpu_note_waits(vcpu);
        return;
    }
    vcpu->sstatus = csr_read_sstatus();
    late_at_exit(vcpu);
}

void vcpu_note_entry(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    if (!is_watched(vcpu, time_now()))
        return;
    vcpu->sstatus = csr_read_sstatus();
    late_at_entry(vcpu);
}

void vcpu_account_delivered(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    struct delivered_timer *timer = &vcpu->delivered;
    struct late_timer *late = &vcpu->late;
    struct ledger *ledger = vcpu->ledger;
    DEBUG_ASSERT(timer->exit <= timer->entry);
    DEBUG_ASSERT(timer->deadline != 0 && timer->deadline <= timer->exit);
    uint64_t parts[TRACE_BLAMES] = {[TRACE_BLAME_FIRMWARE] = timer->exit - timer->deadline,
                                    [TRACE_BLAME_EXIT] = timer->entry - timer->exit};
    ledger->exit = (struct ledger_exit){.pc = timer->pc, .cause = CAUSE_INTERRUPT | IRQ_STI};
    ledger_book_long(ledger, LEDGER_GUEST, timer->exit);
    ledger_book_long(ledger, LEDGER_HOST_INTERRUPT, timer->entry);
    ledger_set_limit(ledger, LEDGER_GUEST);
    if (timer->masked) {
        begin(vcpu, timer->deadline, timer->entry); /* from there on it is the guest's own will */
        memcpy(late->parts, parts, sizeof parts);
    } else {
        ledger_late(ledger, timer->deadline, parts, LEDGER_HOST_INTERRUPT);
        late->done = timer->deadline;
    }
    timer->deadline = 0;
}
