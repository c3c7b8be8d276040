/*
 * A vCPU: the state of one guest hart, its entry and exit, and what other harts may ask of it.
 *
 * A vCPU is pinned to one host hart. What the hart holds while the vCPU is on it (VS CSRs, hvip,
 * FP and vector registers) stays in the hart; only its own hart touches that. Other harts post
 * requests: set bits in `requests`, then kick if the vCPU is away: in its guest, or waiting for an
 * interrupt. The vCPU sets `away`, then looks at the requests, then goes: so a poster sees it away
 * and kicks, or the vCPU sees the bits (tests/model/request.pml).
 */
#pragma once
#include <axhal/hart.h>
#include <axtrace/ledger_book.h>
#include <axtrace/trace.h>
#include <axvcpu/look.h>
#include <lib/addr.h>
#include <lib/assert.h>
#include <lib/err.h>
#include <lib/sbi.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
enum reg { REG_ZERO, REG_RA, REG_SP, REG_GP, REG_TP, REG_T0, REG_T1, REG_T2, REG_S0, REG_S1,
           REG_A0, REG_A1, REG_A2, REG_A3, REG_A4, REG_A5, REG_A6, REG_A7, REG_S2, REG_S3, REG_S4,
           REG_S5, REG_S6, REG_S7, REG_S8, REG_S9, REG_S10, REG_S11, REG_T3, REG_T4, REG_T5,
           REG_T6, REG_COUNT };
/* clang-format on */

/* Requests, taken by the vCPU's own hart before it enters the guest. */
enum vcpu_request {
    VCPU_REQ_IPI = 1 << 0,        /* set VSSIP */
    VCPU_REQ_EXTERNAL = 1 << 1,   /* make VSEIP follow external_level */
    VCPU_REQ_START = 1 << 2,      /* leave STOPPED: start_pc, start_opaque are valid */
    VCPU_REQ_FENCE_I = 1 << 3,    /* fence.i */
    VCPU_REQ_FENCE_VVMA = 1 << 4, /* hfence.vvma of all addresses and ASIDs of the VM */
    VCPU_REQ_HALT = 1 << 5,       /* leave the run loop: the VM stops or resets */
    VCPU_REQ_PAUSE = 1 << 6,      /* make paused follow pause_wanted */
    VCPU_REQ_USER = 1 << 7,       /* userspace is up: its system calls no longer exit */
    VCPU_REQ_FENCE_GVMA = 1 << 8, /* hfence.gvma: the VM's address space has changed */
    VCPU_REQ_LOOK = 1 << 9,       /* note in `look` where the guest is */
};
#define VCPU_REQ_ALL UINT32_MAX

/* Exceptions that the guest can take (Priv 1.13 §12.1.8). */
#define VCPU_CAUSES 32

struct addrspace;

/* A guest's timer that is due and not taken yet (late.c). Times in ticks. */
struct late_timer {
    uint64_t armed;                /* without Sstc: the guest's last deadline, fired or not */
    uint64_t deadline;             /* the one that is looked at; 0: none */
    uint64_t seen;                 /* up to here the parts are known */
    uint64_t done;                 /* a deadline that was accounted for */
    uint64_t hart_wait, lock_wait; /* the ledger's, at the exit */
    uint64_t parts[TRACE_BLAMES];
    uint64_t last_part; /* what the last exit added to last_blame */
    enum trace_blame last_blame;
    bool finished; /* `done` is still to be booked, with parts and column */
    enum ledger_column column;
};

/*
 * A timer that the fast path delivered. Its account, and that of the time before it, wait for the
 * next exit: before the entry they would make it later.
 */
struct delivered_timer {
    uint64_t deadline; /* ticks; 0: all is accounted for */
    uint64_t exit, entry;
    uint64_t pc; /* the guest's at the exit */
    bool masked; /* the guest does not take it yet */
};

/* The last trap that the host made the guest take. */
struct vcpu_trap {
    uint64_t count;
    uint64_t time; /* ticks */
    uint64_t pc, cause, tval;
};

struct vcpu {
    /* Own hart only. The assembly of entry.S reads these by generated offsets. */
    uint64_t x[REG_COUNT]; /* the guest's integer registers while the host runs */
    uint64_t host_tp;
    uint64_t host_sp;
    uint64_t exits;     /* since the VM's start, fast path included; others read_once() it */
    uint64_t exit_time; /* ticks: when the exit began that the fast path left */
    /* What an exit that is served in place has to look at, besides itself: mostly nothing. */
    union {
        struct {
            bool before_entry;   /* the owner of `machine` has something to do before each entry */
            bool flush_at_entry; /* as if there were no VMIDs */
            bool without_sstc;
            bool late_open; /* late.deadline is looked at, or late.finished */
        };
        uint32_t unusual; /* one of them */
    };
    bool timer_alone; /* this hart's timer waits for guest_deadline and nothing else */
    bool has_aia;     /* its guest has Ssaia and an IMSIC */
    /* Of its hart, for hstatus.VGEIN; 0: none. With the identities that it has, 1 .. identities. */
    uint16_t guest_file, identities;
    uint64_t environment; /* the henvcfg bits that this guest can have, since vcpu_attach() */
    uint64_t last_asid;   /* the greatest that the hart's vsatp can hold, since vcpu_attach() */
    uint64_t sepc;        /* these three: valid between exit and entry on the slow path */
    uint64_t sstatus;
    uint64_t hstatus;
    /* How often each firmware event happened (SBI 3.0 §11.6, enum sbi_pmu_firmware_event). */
    uint64_t events[SBI_PMU_FW_EVENTS];
    uint64_t injected[VCPU_CAUSES]; /* by cause */
    struct ledger *ledger;          /* the owner makes it; never NULL */
    void *machine;                  /* the owner's; axvcpu does not look at it */
    /* The same, of accesses in place: the machine's device that the last one was for, or NULL; and
     * the addresses around the last one that was for none, how many. */
    void *last_device;
    uint64_t hole_base, hole_size;
    const struct addrspace *memory;
    bool trap_wfi;       /* the guest's wfi exits */
    _Atomic bool paused; /* held back from its guest; vcpu_is_paused() reads it */
    bool awaits_user;    /* from vcpu_attach() on system calls of the guest's userspace exit */

    uint32_t id;       /* the guest's hart id, 0 .. vcpu_count-1 */
    struct hart *hart; /* the host hart that it is pinned to */

    /* Any hart. */
    _Atomic uint32_t requests;
    _Atomic bool away;
    _Atomic bool external_level;
    _Atomic bool pause_wanted;
    _Atomic uint32_t hsm_state;    /* enum sbi_hsm_state */
    _Atomic uint32_t trap_changes; /* odd while its own hart writes `trap` */

    /* Written by the hart that won STOPPED -> START_PENDING, read after VCPU_REQ_START. */
    uint64_t start_pc; /* gpa */
    uint64_t start_opaque;

    /* Where a non-retentive suspend resumes; own hart only. */
    bool resume_pending;
    uint64_t resume_pc;
    uint64_t resume_opaque;

    /* Own hart only: what the host's timer waits for, in ticks; UINT64_MAX: nothing. */
    uint64_t guest_deadline; /* the guest's own timer, without Sstc */
    uint64_t device_deadline;
    void (*on_device_timer)(struct vcpu *vcpu);
    struct late_timer late; /* own hart only */
    struct delivered_timer delivered;

    uint64_t paused_vsie; /* own hart only: the guest's vsie while it is paused */
    struct vcpu_trap trap;

    /* Written by its own hart for a VCPU_REQ_LOOK while it is not looked; then read by the hart
     * that asked, which clears `looked` before it asks again. */
    struct vcpu_look look;
    _Atomic bool looked;
};

/* What the hart's CSRs said at an exit; the handlers read it here only. */
struct vm_exit {
    uint64_t cause;       /* scause */
    uint64_t tval;        /* stval: what the guest would see in its own */
    gpa_t address;        /* htval and stval: the faulting guest physical address */
    uint64_t instruction; /* htinst */
    bool tval_is_gva;
};

/* The caller runs on the hart that the vCPU is pinned to. Debug builds and unit tests look. */
static inline void vcpu_assert_own(const struct vcpu *vcpu)
{
    DEBUG_ASSERT(vcpu->hart == this_hart());
}

/* Own hart: an event of this vCPU. */
static inline void vcpu_trace(const struct vcpu *vcpu, enum trace_event event, uint64_t a,
                              uint64_t b)
{
    trace(event, vcpu->ledger->vm, vcpu->ledger->vcpu, a, b);
}

/* Any hart; to others it is known once the vCPU's own hart has followed a vcpu_pause(). */
static inline bool vcpu_is_paused(const struct vcpu *vcpu)
{
    return atomic_load_explicit(&vcpu->paused, memory_order_relaxed);
}

/* Own hart: another state of HSM (SBI 2.0 §9); from the store on others may act on it. */
static inline void vcpu_set_state(struct vcpu *vcpu, enum sbi_hsm_state state)
{
    static const uint8_t successors[] = {
        [SBI_HSM_STARTED] = 1 << SBI_HSM_STOPPED | 1 << SBI_HSM_SUSPENDED,
        [SBI_HSM_START_PENDING] = 1 << SBI_HSM_STARTED,
        [SBI_HSM_SUSPENDED] = 1 << SBI_HSM_STARTED,
    };
    uint32_t before = atomic_load(&vcpu->hsm_state);
    vcpu_assert_own(vcpu);
    DEBUG_ASSERT(before <= SBI_HSM_SUSPENDED && (successors[before] >> state & 1) != 0);
    vcpu_trace(vcpu, TRACE_STATE, before, state);
    atomic_store(&vcpu->hsm_state, state);
}

/* Own hart, when the vCPU comes to it: delegation, counters, environment, G-stage. */
void vcpu_attach(struct vcpu *vcpu);
/* Own hart: the guest is off it; its interrupts no longer wake the hart. */
void vcpu_detach(struct vcpu *vcpu);
/* This hart: hgatp can have this mode (enum gstage_mode). No vCPU is attached. */
bool vcpu_has_gstage(unsigned mode);
/* This hart: the henvcfg bits that a guest on it can have (HENVCFG_*); a vCPU that is attached
 * keeps what it has switched. */
uint64_t vcpu_environment(void);
/* Own hart: what of vcpu->environment is on at a hart's start; and what is on now. */
void vcpu_reset_environment(struct vcpu *vcpu);
uint64_t vcpu_get_environment(const struct vcpu *vcpu);
/* Own hart: the bits of `mask` become `value`; false, and nothing has changed, if the hart or
 * vcpu->environment does not have them. */
bool vcpu_set_environment(struct vcpu *vcpu, uint64_t mask, uint64_t value);
/* Own hart: exceptions of misaligned accesses come to the guest, or are served by the firmware, as
 * after vcpu_attach(). False: the firmware refuses. */
bool vcpu_delegate_misaligned(bool wanted);

/* Own hart: enters the guest and comes back with its next exit on the slow path. False: there is no
 * exit to handle, since a request came first, or the last one was served and left EXIT_LOOP. */
bool vcpu_run(struct vcpu *vcpu, struct vm_exit *exit);
/* Own hart: takes those of `which` that are posted and does what needs no owner (IPI, external,
 * fences); returns what was taken. The others stay posted. */
uint32_t vcpu_take_requests(struct vcpu *vcpu, uint32_t which);
/* Own hart: sleeps until the guest or the host has an interrupt, or a request is posted; host
 * interrupts are handled. */
void vcpu_wait(struct vcpu *vcpu);

/* What an upcall of the guest's trap vector leaves to do. */
enum exit_left {
    EXIT_DONE,  /* nothing: the guest goes on */
    EXIT_BOOK,  /* the exit is served; its time is to be booked in the ledger's column */
    EXIT_OPEN,  /* the exit itself */
    EXIT_BEGUN, /* the same, and the guest's time up to it is booked */
    EXIT_LOOP,  /* the exit is served; what else there is, is for the loop around vcpu_run() */
};

/*
 * The upcalls of the guest's trap vector (axexit has them), interrupts masked.
 *
 * The first is for an ecall from VS-mode. It uses the argument registers alone and calls nothing.
 * `now` is when the vector was entered; the others are what the guest has in those registers.
 * EXIT_OPEN: nothing has changed but vcpu->exits and vcpu->exit_time, nothing is booked;
 * EXIT_BEGUN: the guest's time is.
 */
enum exit_left exit_fast(struct vcpu *vcpu, uint64_t a0, uint64_t now, uint64_t a3, uint64_t a4,
                         uint64_t a5, uint64_t function, uint64_t extension);
/* The same for causes with CAUSE_INTERRUPT. */
enum exit_left exit_fast_interrupt(struct vcpu *vcpu, uint64_t cause, uint64_t now);
/*
 * The second has all caller-saved registers of the guest in vcpu->x, the others are live. `left` is
 * what exit_fast left: EXIT_BOOK, EXIT_OPEN or EXIT_BEGUN. EXIT_OPEN as a result: the guest's time
 * is booked, the exit is for the slow path.
 */
enum exit_left exit_in_place(struct vcpu *vcpu, uint64_t cause, enum exit_left left);
/* The same for exceptions that are no ecall from VS-mode; `now` as above. */
enum exit_left exit_trap(struct vcpu *vcpu, uint64_t cause, uint64_t now);
/* Own hart, first thing in the exit after a timer that the fast path delivered: accounts for it,
 * and for the guest's time before it. */
void vcpu_account_delivered(struct vcpu *vcpu);
/* Own hart: returns true if only the exit itself has to be looked at, and no timer of the guest's
 * is due. */
static inline bool vcpu_is_plain(const struct vcpu *vcpu, uint64_t now)
{
    return vcpu->unusual == 0 && csr_read_vstimecmp() > now;
}
/*
 * Own hart, for exit_in_place(): before it serves an exit, whose guest's time is booked, and before
 * the guest goes on. As in vcpu_run(), what makes the guest's timer late is looked at. Of a plain
 * exit the waits so far are noted, which is part of the first.
 */
void vcpu_note_exit(struct vcpu *vcpu);
void vcpu_note_entry(struct vcpu *vcpu);
static inline void vcpu_note_waits(struct vcpu *vcpu)
{
    vcpu->late.hart_wait = vcpu->ledger->hart_wait;
    vcpu->late.lock_wait = this_hart()->lock_wait;
}

/* The same after an exit that has waited for locks at most: what they were before it is what is
 * booked of them. */
static inline void vcpu_note_booked_waits(struct vcpu *vcpu)
{
    vcpu->late.hart_wait = vcpu->ledger->hart_wait;
    vcpu->late.lock_wait = vcpu->ledger->lock_wait;
}

/* Own hart: reads 16 bits of the guest's code as the guest would fetch them, with the privilege of
 * its last exit; false if that faults. */
bool vcpu_fetch16(const struct vcpu *vcpu, gva_t at, uint16_t *to);

/* The same of 64 bits of its data. */
bool vcpu_load64(const struct vcpu *vcpu, gva_t at, uint64_t *to);

/* Own hart: the 64 bits of the guest's register f<number>, 0 to 31, which is in the hart. The guest
 * has its floating point on, so the hart has D. */
uint64_t vcpu_float_get(unsigned number);
void vcpu_float_set(unsigned number, uint64_t value);

/* Any hart: posts the requests and makes sure that the vCPU sees them soon. */
void vcpu_post(struct vcpu *vcpu, uint32_t requests);
/* Any hart: holds the vCPU back from its guest, or lets it go on; returns at once. */
void vcpu_pause(struct vcpu *vcpu, bool wanted);

/*
 * Any hart: STOPPED -> START_PENDING -> (on its own hart) STARTED at `pc` with a0 = hart id, a1 =
 * opaque. ERR_EXISTS if it is not STOPPED (SBI 2.0 §9.1: then ALREADY_AVAILABLE).
 */
enum err vcpu_start(struct vcpu *vcpu, gpa_t pc, uint64_t opaque);

/*
 * Own hart: makes the fences seen by all other vCPUs of `mask` (bit i: vcpus[i]) and returns when
 * each has done them, or is out of the guest and will do them before it enters again. `requests`
 * is one of VCPU_REQ_FENCE_*. ERR_TIMEOUT, and reported by vCPU: one of them did
 * not within HART_PATIENCE_MS; it still has the request.
 */
enum err vcpu_fence_remote(struct vcpu *self, struct vcpu *vcpus, uint64_t mask, uint32_t requests);
/* Own hart: the same fences for this vCPU itself, at once. */
void vcpu_fence_local(struct vcpu *self, uint32_t requests);

/* Own hart: SBI set_timer, `deadline` in ticks of the time CSR; a pending interrupt is cleared. */
void vcpu_set_timer(struct vcpu *vcpu, uint64_t deadline);
/* Own hart: on_device_timer is called on it once time is `deadline`; UINT64_MAX: it is not. */
void vcpu_set_device_timer(struct vcpu *vcpu, uint64_t deadline);
/* Own hart: sets or clears the pending bit of the guest's external interrupt at once. */
void vcpu_set_external(struct vcpu *vcpu, bool level);
/* Own hart: an interrupt that the guest has enabled in vsie is pending (Priv 1.13 §18.2.3). */
bool vcpu_interrupt_pending(const struct vcpu *vcpu);

/* Own hart: clears a pending IPI. */
void vcpu_clear_ipi(struct vcpu *vcpu);
/* Own hart: clears a pending IPI and timer: at power-on, and when it stops. */
void vcpu_clear_interrupts(struct vcpu *vcpu);
/* Own hart: registers of a hart that starts or resumes (SBI 2.0 §9.1 table 11): satp 0, SIE 0, a0,
 * a1. What is pending stays so: it may be what ended a suspend. */
void vcpu_reset(struct vcpu *vcpu, uint64_t pc, uint64_t a0, uint64_t a1);
/* Any hart: a copy of the last trap that vcpu_inject() made. */
struct vcpu_trap vcpu_last_trap(const struct vcpu *vcpu);
/* Own hart: takes a trap into the guest's VS-mode, as its hardware would (Priv 1.13 §18.6.2). */
void vcpu_inject(struct vcpu *vcpu, uint64_t cause, uint64_t tval);
/* The same between an exit and an entry, where the guest's state is in the CSRs of the exit. */
void vcpu_inject_in_place(struct vcpu *vcpu, uint64_t cause, uint64_t tval);
