/*
 * The SBI 3.0 that guests see. Each extension is one file with one `const struct sbi_extension`;
 * the table in sbi.c names them all, and BASE's probe reads the same table. A wrong argument gets
 * the error that the specification names for it, and then nothing has been done.
 */
#pragma once
#include <axaddrspace/addrspace.h>
#include <axsbi/pmu.h>
#include <axsync/spinlock.h>
#include <axtrace/quiet.h>
#include <axvcpu/vcpu.h>
#include <lib/sbi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SBI 3.0 §4.1: the major number from bit 24, the minor below it. */
#define SBI_GUEST_SPEC_VERSION UINT64_C(0x03000000)
/* SBI 2.0 §4.9 lists the numbers of other implementations; "STLH" is not among them. */
#define SBI_GUEST_IMPL_ID UINT64_C(0x53544C48)
#define SBI_GUEST_IMPL_VERSION UINT64_C(0x00010000) /* 1.0: the major number from bit 16 */

/*
 * A byte console: what DBCN and the legacy calls talk to. Own locking; any hart. `bytes` may be the
 * guest's memory, which the guest may be changing.
 */
struct sbi_console {
    void *context;
    /* Returns how many of them it has room for now, perhaps 0. */
    size_t (*write)(void *context, const char *bytes, size_t count);
    /* ERR_AGAIN: there is no room now. Other errors: it is broken. */
    enum err (*put)(void *context, char byte);
    size_t (*read)(void *context, char *bytes, size_t room); /* what is there now, perhaps 0 */
};

/* Where a hart's steal time is written. */
struct sta {
    bool on;
    gpa_t area;
    uint32_t sequence; /* written last, as the ticks are that steal was made of */
    uint64_t stolen;
};

/* A call that is not over (progress.c): where it is made, and how far it has come. */
struct sbi_progress {
    bool unfinished;
    uint64_t pc, extension, function, args[5];
    uint64_t done; /* what it counts is the extension's */
    long error;
};

/* What the SBI keeps of one guest hart; own hart only, sbi_hart_reset() sets it up. */
struct sbi_hart {
    uint32_t locked_features; /* FWFT: bit i: feature i can no longer be set */
    bool misaligned_delegated;
    bool updating_known; /* PTE_AD_HW_UPDATING was asked for since the hart's start */
    struct sta sta;
    struct pmu pmu;
    struct sbi_progress progress;
    bool steal_watched; /* the ledger is armed, for one of these two */
};

struct sbi_machine;
struct sbi_call;    /* private to axsbi */
struct sbi_outcome; /* the same */

struct sbi_extension {
    uint64_t id;
    struct sbi_outcome (*handle)(const struct sbi_call *call);
    enum ledger_column column; /* of function 0; those of the next functions follow it */
    unsigned columns;          /* functions beyond them share the last one */
    /* Bit n: function n always ends in SBI_RESUME or SBI_AGAIN; all bits: every one. */
    uint64_t in_place;
    /* NULL, or a shorter way of its commonest calls, if all are in place. True: as handle() would
     * have done, with a0 and a1 set and the ledger's column named. False: nothing is done, handle()
     * is to be called. */
    bool (*shortcut)(struct sbi_machine *machine, struct vcpu *vcpu);
};

/* The slot of an id in a table of extensions: no two extensions have the same, or the table does
 * not compile. */
#define SBI_SLOTS 64
#define SBI_SLOT(id) (((id) ^ (id) >> 5) % SBI_SLOTS)

typedef const struct sbi_extension *sbi_table_t[SBI_SLOTS];
extern const sbi_table_t sbi_extensions; /* sbi.c: all that there are */

/* NULL: it is not there. */
static inline const struct sbi_extension *sbi_find(const sbi_table_t table, uint64_t id)
{
    const struct sbi_extension *extension = table[SBI_SLOT(id)];
    return extension != NULL && extension->id == id ? extension : NULL;
}

/* What the SBI needs of the machine that it serves; the VM (axvm) has one. */
struct sbi_machine {
    const struct sbi_extension *const *extensions; /* sbi_extensions */
    struct vcpu *vcpus;                            /* vcpus[i] is guest hart i */
    uint32_t vcpu_count;                           /* 1 .. 64 */
    struct sbi_hart *harts;                        /* harts[i]: of vcpus[i] */
    struct spinlock starts; /* held while the guest starts a hart: see sbi_all_stopped() */
    const struct addrspace *memory;
    struct sbi_console console;
    struct quiet *quiet;                 /* the machine's contract to take no exits */
    uint64_t mvendorid, marchid, mimpid; /* the host's, as the guest may see them */
    /* Asks for the end or restart of the whole VM; returns at once, the vCPU then gets
     * VCPU_REQ_HALT. */
    void (*reset)(struct sbi_machine *machine, enum sbi_srst_type type,
                  enum sbi_srst_reason reason);
};

/* What the run loop does after a call. */
enum sbi_verdict {
    SBI_RESUME, /* a0 and a1 are set: back to the guest, after the ecall */
    /*
     * The vCPU is SUSPENDED. Wait until vcpu_interrupt_pending(), then make hsm_state STARTED and,
     * if resume_pending, clear that and vcpu_reset() to resume_pc with a0 = the hart id and a1 =
     * resume_opaque; else a0 and a1 are set: back to the guest, after the ecall.
     */
    SBI_WAIT,
    /* This vCPU does not come back from the call: it is STOPPED (hart_stop) and waits for
     * VCPU_REQ_START, or a reset was asked for and VCPU_REQ_HALT comes. */
    SBI_HALT,
    /* A part of the call is done, or nothing since there is no room now, and no register has
     * changed: back to the guest, at the ecall. */
    SBI_AGAIN,
};

/*
 * Handles the ecall that `vcpu` made: arguments in x[a0..a7], result to x[a0], x[a1]; no other
 * register is read or written. The caller advances sepc. Runs on the vCPU's own hart.
 */
enum sbi_verdict sbi_handle(struct sbi_machine *machine, struct vcpu *vcpu);

#define SBI_ALL_IN_PLACE UINT64_MAX
extern const struct sbi_extension sbi_none; /* SBI 3.0 §3: what is not there answers too */

static inline const struct sbi_extension *sbi_find_or_none(uint64_t id)
{
    const struct sbi_extension *extension = sbi_find(sbi_extensions, id);
    return extension != NULL ? extension : &sbi_none;
}

/* True: the call returns SBI_RESUME or SBI_AGAIN whatever its arguments. */
static inline bool sbi_is_in_place(const struct sbi_extension *extension, uint64_t function)
{
    return extension->in_place == SBI_ALL_IN_PLACE ||
           (function < 64 && (extension->in_place >> function & 1) != 0);
}
/* sbi_handle() with the extension found already. */
enum sbi_verdict sbi_perform(const struct sbi_extension *extension, struct sbi_machine *machine,
                             struct vcpu *vcpu);

/* Boot hart, before any VM: what the host's firmware has for guests. */
void sbi_init(void);
/* Own hart, attached: what the SBI does for this hart is as at power-on. At each start of the hart,
 * and when its VM ends. */
void sbi_hart_reset(struct sbi_machine *machine, struct vcpu *vcpu);
/* Own hart, which was reset: it starts, and what runs from there on does. In steps from 0 on, each
 * of some thousand instructions at most; false: there is no such step. */
bool sbi_hart_start(struct sbi_machine *machine, struct vcpu *vcpu, unsigned step);

/*
 * A hart of the guest: all its harts but `except`, or all (NULL), are STOPPED at one moment: so
 * from then on only `except` can start one.
 */
bool sbi_all_stopped(struct sbi_machine *machine, const struct vcpu *except);

/* Own hart, before each entry of the slow path if vcpu->before_entry: what the guest reads without
 * a call is brought up to date. */
void sbi_before_entry(struct sbi_machine *machine, struct vcpu *vcpu);

/* True if guests have the extension `id`: what BASE's probe answers. */
bool sbi_probe(uint64_t id);
