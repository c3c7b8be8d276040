/*
 * Private to in_place*.c: what the kinds of exits that are served in place have in common: they are
 * observed, served and noted, and end in the usual way or not.
 */
#pragma once
#include <axvcpu/exit_csrs.h>
#include <lib/exit_path.h>
#include "internal.h"

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

/* Of a call that is answered: its a0 is the answer, and the pc is after it. */
static inline void note_answered(const struct vcpu *vcpu)
{
    note_exit(vcpu, csr_read_sepc() - ECALL_LENGTH, EXC_ECALL_VS, vcpu->x[REG_A7], vcpu->x[REG_A6],
              0);
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

/* Each entry has something to do before it. */
static inline bool needs_slow_path(const struct vcpu *vcpu)
{
    return vcpu->before_entry || vcpu->flush_at_entry;
}

/* in_place_end.c. False: there is something for the loop, and nothing is taken. What comes after
 * the look kicks. */
bool take_in_place(struct vcpu *vcpu);
/* in_place_end.c: the end of an exit that is served, where there is something else to look at. It
 * is noted. */
enum exit_left end_unusual(struct vcpu *vcpu);
/* The same, mostly: nothing was posted, no timer is due, and the time is booked. */
static inline __attribute__((always_inline)) bool end_usual(struct vcpu *vcpu)
{
    uint64_t now = csr_read_time();
    /* What is posted from here on kicks, since the vCPU is away: so no order is needed. */
    return atomic_load_explicit(&vcpu->requests, memory_order_relaxed) == 0 &&
           vcpu_is_plain(vcpu, now) && ledger_end(vcpu->ledger, now);
}

/* in_place_access.c: guest-page faults of loads and stores. EXIT_OPEN: for the slow path. */
enum exit_left serve_load(struct vcpu *vcpu);
enum exit_left serve_store(struct vcpu *vcpu);
/* in_place_access.c: a virtual instruction that the guest does not have; EXIT_OPEN as above. */
enum exit_left serve_virtual_instruction(struct vcpu *vcpu);
/* in_place_call.c: calls of an extension, all of which end in place. */
enum exit_left serve_in_full(struct vcpu *vcpu, const struct sbi_extension *extension);
/* The same of one that has a shortcut. */
enum exit_left serve_shortly(struct vcpu *vcpu, const struct sbi_extension *extension);

static inline enum exit_left serve_call(struct vcpu *vcpu)
{
    const struct sbi_extension *extension = sbi_find_or_none(vcpu->x[REG_A7]);
    if (extension->shortcut != NULL)
        return serve_shortly(vcpu, extension);
    return sbi_is_in_place(extension, vcpu->x[REG_A6]) ? serve_in_full(vcpu, extension) : EXIT_OPEN;
}
