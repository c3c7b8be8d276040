/*
 * The inside of a ledger, for those who book: the usual piece of time is booked inline. Times are
 * ticks of the time CSR; everything here is for the vCPU's own hart, unless it says otherwise.
 *
 * A reader on another hart takes no lock: it reads until the columns sum to the time that they
 * should (ledger_read). What it may meet is stored a word at a time (lib/once.h).
 */
#pragma once
#include <axhal/arch/csr.h>
#include <axhal/hart.h>
#include <axtrace/ledger.h>
#include <axtrace/quiet.h>
#include <axtrace/trace.h>
#include <config/ledger.h>
#include <lib/assert.h>
#include <lib/once.h>

#define LEDGER_LONG_BUCKETS (HISTOGRAM_BUCKETS(LEDGER_LONG_BITS) - HISTOGRAM_LINEAR)
#define LEDGER_SHORT_BUCKETS (HISTOGRAM_BUCKETS(LEDGER_SHORT_BITS) - HISTOGRAM_LINEAR)
#define LEDGER_INLINE (16 * HISTOGRAM_LINEAR) /* ticks; longer pieces are counted out of line */
#define LEDGER_LONG_COLUMNS 4                 /* the first ones: GUEST to DESCHEDULED */

struct ledger_book {
    uint64_t count, sum;      /* of those that are not in linear */
    uint64_t least, greatest; /* least: of those not in linear; greatest: of all */
    /* A piece below it that is no usual one needs its bucket, the count and the sum alone; 0:
     * armed, or the column has none as long. */
    uint64_t limit;
    struct ledger_sample worst;
    uint32_t *buckets; /* above HISTOGRAM_LINEAR */
    uint32_t bucket_count;
};

/* The guest's timers: how late, and whose doing each tick of it was. */
struct ledger_late {
    uint64_t count, sum, least, greatest; /* ticks */
    uint64_t blamed[TRACE_BLAMES];        /* make the sum */
    uint64_t worst_deadline;
    uint64_t worst_parts[TRACE_BLAMES];
    struct ledger_sample worst;
    enum ledger_column worst_column; /* the exit that the timer waited for last */
    uint32_t buckets[HISTOGRAM_BUCKETS(LEDGER_SHORT_BITS)];
};

/* What is known of the exit in progress, for samples and events. */
struct ledger_exit {
    uint64_t pc, cause, args[3];
};

struct ledger {
    uint64_t mark;          /* up to here all is booked */
    uint64_t column;        /* enum ledger_column: what is going on; GUEST also on the fast path */
    _Atomic uint32_t armed; /* enum ledger_arming */
    uint64_t start;
    uint64_t entered;      /* the last entry that ledger_enter_guest() booked */
    uint64_t stolen;       /* exact while armed for it */
    uint64_t lock_wait;    /* the hart's, as far as booked */
    uint64_t hart_wait;    /* all ticks of WAIT_HART so far */
    const uint64_t *exits; /* the vCPU's count */
    struct ledger_exit exit;
    uint32_t hart; /* index */
    uint16_t vm, vcpu;
    const char *vm_name;
    _Atomic bool running; /* from ledger_start to ledger_stop */
    /* A piece below the limit needs its bucket alone; 0: armed, or the column is empty, or (GUEST)
     * a timer that was delivered is to be booked first. */
    uint64_t limit[LEDGER_COLUMNS];
    uint64_t linear[LEDGER_COLUMNS][HISTOGRAM_LINEAR]; /* GUEST's are in reach of a load's offset */
    struct ledger_book books[LEDGER_COLUMNS];
    uint32_t long_buckets[LEDGER_LONG_COLUMNS][LEDGER_LONG_BUCKETS];
    uint32_t short_buckets[LEDGER_COLUMNS - LEDGER_LONG_COLUMNS][LEDGER_SHORT_BUCKETS];
    struct ledger_late late;
    struct quiet *quiet; /* the VM's; or NULL */
    struct ledger *next_quiet;
    struct quiet_violations violations;
};

enum ledger_arming {
    LEDGER_ARMED_TRACE = 1 << 0, /* events are recorded */
    LEDGER_ARMED_STEAL = 1 << 1, /* the guest looks at its steal time */
    LEDGER_ARMED_SLOW = 1 << 2,  /* the fast path is switched off */
    LEDGER_ARMED_QUIET = 1 << 3, /* each exit violates a contract */
};

/* `ledger` is the vCPU's from now on: whose it is, and where its count of exits stands. */
void ledger_init(struct ledger *ledger, uint16_t vm, uint16_t vcpu, const char *vm_name,
                 const uint64_t *exits);
/* This hart, which the vCPU comes to: all columns 0, in STOPPED from now on. */
void ledger_start(struct ledger *ledger);
/* The vCPU leaves the hart for good: books what is left. The ledger can still be read. */
void ledger_stop(struct ledger *ledger);
/* Any hart: the ledger of the vCPU that runs, or ran last, on the hart of this index; or NULL. */
struct ledger *ledger_of_hart(uint32_t index);
/* It does not run. After this call no other hart looks at it, but a dump that had found it before
 * (axtrace/trace.h: trace_hold_dumps). Any hart; waits for those that look at this moment. */
void ledger_forget(struct ledger *ledger);

/* Books a piece that is too long for a bucket of its own, if it is not the longest and no one
 * looks: the commonest of those that are no usual ones. Else false, and nothing is done. */
bool ledger_book_unseen(struct ledger *ledger, enum ledger_column column, uint64_t now);
/* Books the time up to `now`, and all that goes with a piece that is no usual one. */
void ledger_book_long(struct ledger *ledger, enum ledger_column column, uint64_t now);

/* The same before the guest is entered: the booking's own time is added to the piece. */
void ledger_book_long_exit(struct ledger *ledger, enum ledger_column column, uint64_t now);

/* The caller runs on the hart of the vCPU, while that runs. */
static inline void ledger_assert_own(const struct ledger *ledger)
{
    DEBUG_ASSERT(!atomic_load_explicit(&ledger->running, memory_order_relaxed) ||
                 ledger->hart == this_hart()->index);
}

/* The next piece of the column is not a usual one, however short; and the end of that. */
static inline void ledger_hold(struct ledger *ledger, enum ledger_column column)
{
    write_once(&ledger->limit[column], 0);
}
void ledger_set_limit(struct ledger *ledger, enum ledger_column column);

/* Where the limit of a column is: its offset is in reach of a load's, once that of the column is in
 * a register, which GCC would not have. */
static inline const uint64_t *ledger_limit(const struct ledger *ledger, uint64_t column)
{
    if (__builtin_constant_p(column))
        return &ledger->limit[column];
    uintptr_t shifted = (uintptr_t)ledger + column * sizeof ledger->limit[0];
    __asm__("" : "+r"(shifted));
    return (const uint64_t *)(shifted + offsetof(struct ledger, limit));
}

/* A piece of so many ticks is a usual one. Here and below a column is an enum ledger_column. */
static inline bool ledger_is_usual(const struct ledger *ledger, uint64_t column, uint64_t ticks)
{
    /* make LEDGER=n: what it costs is measured against this */
    return !CONFIG_LEDGER || ticks < read_once(ledger_limit(ledger, column));
}

/* Books a usual piece, but for the mark. */
static inline void ledger_count_usual(struct ledger *ledger, uint64_t column, uint64_t ticks)
{
    uint64_t *bucket = &ledger->linear[column][ticks];
    if (CONFIG_LEDGER)
        write_once(bucket, *bucket + 1);
}

/*
 * Counts a piece that is too long for a bucket of its own, but not very long: what an exit that is
 * served in place takes on a slow clock. False, and nothing is done: it is longer, the longest so
 * far, or it is armed (then the limit is 0).
 */
static inline bool ledger_count_longer(struct ledger *ledger, uint64_t column, uint64_t ticks)
{
    struct ledger_book *book = &ledger->books[column];
    __asm__("" : "+r"(book)); /* in a register: its offset in a ledger is beyond that of a load */
    if (ticks >= read_once(&book->limit))
        return false;
    if (ticks < book->least)
        book->least = ticks;
    /* Mostly the first of the wider buckets, without a loop. */
    uint64_t number =
        ticks < 2 * HISTOGRAM_LINEAR ? HISTOGRAM_HALF + (ticks >> 1) : histogram_bucket(ticks);
    uint32_t *bucket = &book->buckets[number - HISTOGRAM_LINEAR];
    *bucket += *bucket != UINT32_MAX;
    write_once(&book->count, book->count + 1);
    write_once(&book->sum, book->sum + ticks);
    return true;
}

/* Up to `now` all is booked. */
static inline void ledger_set_mark(struct ledger *ledger, uint64_t now)
{
    if (CONFIG_LEDGER)
        write_once(&ledger->mark, now);
}

/* True if the piece that ends now is a usual one, and is booked; else nothing is done. */
static inline bool ledger_book_usual(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    uint64_t ticks = now - ledger->mark;
    if (!ledger_is_usual(ledger, column, ticks))
        return false;
    ledger_count_usual(ledger, column, ticks);
    ledger_set_mark(ledger, now);
    return true;
}

static inline void ledger_name(struct ledger *ledger, enum ledger_column column)
{
    write_once(&ledger->column, column);
}

/*
 * Begin, name, end: the booking of an exit.
 *
 * An exit begins at `now`: counts the guest's time up to then, if that is a usual piece, or false
 * and nothing is done. The mark is still the guest's: ledger_end_usual() sets it once for both
 * pieces, and a caller that does not come to that sets it to `now`.
 */
static inline bool ledger_begin(struct ledger *ledger, uint64_t now)
{
    uint64_t ticks = CONFIG_LEDGER ? now - ledger->mark : 0;
    if (!ledger_is_usual(ledger, LEDGER_GUEST, ticks))
        return false;
    ledger_count_usual(ledger, LEDGER_GUEST, ticks);
    return true;
}

/* Name and end in one, for the fast path: the exit that began at `began` ends now, and was of this
 * kind. False: that is no usual piece; the mark is `began`, and it is still to be booked. */
static inline bool ledger_end_usual(struct ledger *ledger, enum ledger_column column,
                                    uint64_t began)
{
    uint64_t now = CONFIG_LEDGER ? csr_read_time() : 0, ticks = CONFIG_LEDGER ? now - began : 0;
    if (!ledger_is_usual(ledger, column, ticks)) {
        ledger_set_mark(ledger, began);
        return false;
    }
    ledger_count_usual(ledger, column, ticks);
    ledger_set_mark(ledger, now);
    return true;
}

/*
 * A timer of the guest was, or can now be, taken: `parts` are the ticks since its deadline by whose
 * doing they were, `column` the exit that it waited for last. Own hart.
 */
void ledger_late(struct ledger *ledger, uint64_t deadline, const uint64_t parts[TRACE_BLAMES],
                 enum ledger_column column);

/* What the hart waited for locks since it was last booked, out of the piece that ends at `now`. */
void ledger_book_lock_wait(struct ledger *ledger, uint64_t now);

/* The guest goes on at `now`: books the exit as what it was named. False, and nothing is done: it
 * is no usual piece, or the hart has waited for locks. */
static inline bool ledger_end(struct ledger *ledger, uint64_t now)
{
    const uint64_t column = ledger->column, ticks = now - ledger->mark;
    if (CONFIG_LEDGER && this_hart()->lock_wait != ledger->lock_wait)
        return false;
    if (ledger_is_usual(ledger, column, ticks))
        ledger_count_usual(ledger, column, ticks);
    else if (!ledger_count_longer(ledger, column, ticks))
        return false;
    ledger_set_mark(ledger, now);
    ledger_name(ledger, LEDGER_GUEST);
    return true;
}

/* The same at this moment, whatever the exit was. */
void ledger_enter_guest(struct ledger *ledger);

/*
 * For replay (docs/lab.md): a debugger sets both before the harts run, and its breakpoint at
 * ledger_stop_here is met when that vCPU begins its exit of that number after the fast path, or
 * when what the fast path has served is booked as a long piece.
 */
struct ledger_stop {
    uint64_t exits;
    uint32_t vcpu; /* VM << 16 | vCPU */
};
extern struct ledger_stop ledger_stop_at;
void ledger_stop_here(void);

static inline void ledger_check_stop(const struct ledger *ledger, uint64_t exits)
{
    if (exits == ledger_stop_at.exits &&
        ledger_stop_at.vcpu == ((uint32_t)ledger->vm << 16 | ledger->vcpu))
        ledger_stop_here();
}
