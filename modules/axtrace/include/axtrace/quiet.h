/*
 * The contract of a VM that takes no exit (docs/quiet.md): from its begin to its end every exit on
 * the VM's harts is a violation, counted, and named by the first column of the ledger that it was
 * booked in.
 *
 * Meanwhile the ledgers of the VM's vCPUs are armed, so that each exit comes past quiet.c; an exit
 * that never comes costs nothing. No hart is interrupted for a begin or an end: an exit belongs to
 * the contract if it began in it.
 */
#pragma once
#include <axsync/spinlock.h>
#include <axtrace/ledger.h>
#include <lib/err.h>

enum quiet_by { QUIET_BY_GUEST, QUIET_BY_CONSOLE, QUIET_BY_DESCRIPTION };

struct quiet {
    struct spinlock lock;                /* only the VM's own harts and the console take it */
    struct ledger *first;                /* of the VM's vCPUs, before it first runs */
    void (*begins)(struct quiet *quiet); /* the owner's, before quiet_begin() returns; or NULL */
    /* lock held */
    bool on;
    enum quiet_by by;
    /* Written with the lock held. The last contract; its number is one more than that before. */
    _Atomic uint32_t number;
    _Atomic uint64_t begun, ended; /* ticks; ended is UINT64_MAX while it is on */
};

/* Of one vCPU, in one column. */
struct quiet_violation {
    uint64_t count;
    uint64_t ticks, longest; /* from the exit to the entry after it */
    struct ledger_sample first;
};

/* Of one vCPU; its own hart writes. */
struct quiet_violations {
    bool open;                      /* an exit goes on that is one */
    uint32_t open_number;           /* of the contract that it violates */
    uint64_t open_began;            /* ticks */
    enum ledger_column open_column; /* its name, or LEDGER_COLUMNS: not known yet */
    _Atomic uint32_t number;        /* the contract that all below is of */
    struct quiet_violation columns[LEDGER_COLUMNS];
};

/* No hart runs the VM: a contract that is off; and adds a vCPU to it. */
void quiet_init(struct quiet *quiet);
void quiet_add(struct quiet *quiet, struct ledger *ledger);
/* No hart runs the VM, which begins a life: what was before is forgotten. */
void quiet_forget(struct quiet *quiet);

/*
 * Any hart: the contract begins at time `at` (ticks), or now if that is past. One that is still to
 * begin is replaced. ERR_EXISTS: one has begun already. ERR_UNSUPPORTED: this build keeps no
 * ledger.
 */
enum err quiet_begin(struct quiet *quiet, uint64_t at, enum quiet_by by);
/* Any hart: the contract that the description began, or that is to begin by it, begins at `at`
 * (ticks) instead. Another one stays as it is. */
void quiet_postpone(struct quiet *quiet, uint64_t at);
/* Any hart: it ends now. ERR_NOT_FOUND: there is none that has begun, or will. */
enum err quiet_end(struct quiet *quiet);
/* Own hart: the exit that goes on is no violation. */
void quiet_excuse(struct ledger *ledger);

enum quiet_phase {
    QUIET_NEVER,   /* not since the VM's start */
    QUIET_PENDING, /* begins at `begun` */
    QUIET_ON,
    QUIET_ENDED,
};

struct quiet_summary {
    enum quiet_phase phase;
    enum quiet_by by;
    uint64_t begun, ended; /* ticks; ended is now while it is on */
    uint64_t exits;        /* violations on all harts */
};
/* Any hart: the VM's contract, or its last one. */
struct quiet_summary quiet_read(struct quiet *quiet);
/* Any hart: what this vCPU did in that column against the last contract; false: nothing. */
bool quiet_read_column(const struct ledger *ledger, enum ledger_column column,
                       struct quiet_violation *violation);
