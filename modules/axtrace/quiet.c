/* See axtrace/quiet.h: what begins and ends a contract, and what each exit does meanwhile. */
#include <axhal/time.h>
#include <config/ledger.h>
#include <lib/assert.h>
#include <string.h>
#include "parts.h"

void quiet_init(struct quiet *quiet)
{
    *quiet = (struct quiet){.lock = SPINLOCK("quiet")};
}

void quiet_add(struct quiet *quiet, struct ledger *ledger)
{
    ASSERT(ledger->quiet == NULL);
    ledger->quiet = quiet;
    ledger->next_quiet = quiet->first;
    quiet->first = ledger;
}

/* lock held */
static void arm(struct quiet *quiet, bool armed)
{
    spin_debug_assert_held(&quiet->lock);
    for (struct ledger *l = quiet->first; l != NULL; l = l->next_quiet)
        ledger_arm(l, LEDGER_ARMED_QUIET, armed);
    atomic_thread_fence(memory_order_seq_cst); /* before the time that counts is read */
}

void quiet_forget(struct quiet *quiet)
{
    spin_lock(&quiet->lock);
    arm(quiet, false);
    quiet->on = false;
    atomic_store(&quiet->ended, 0);
    atomic_store(&quiet->begun, UINT64_MAX);
    spin_unlock(&quiet->lock);
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* lock held. In this order: see contract_of(). */
static void begin(struct quiet *quiet, uint64_t at, enum quiet_by by)
{
    spin_debug_assert_held(&quiet->lock);
    atomic_store(&quiet->begun, UINT64_MAX);
    atomic_store(&quiet->ended, UINT64_MAX);
    atomic_fetch_add(&quiet->number, 1);
    quiet->by = by;
    quiet->on = true;
    arm(quiet, true);
    atomic_store(&quiet->begun, later(at, time_now()));
}

enum err quiet_begin(struct quiet *quiet, uint64_t at, enum quiet_by by)
{
    enum err err = CONFIG_LEDGER ? OK : ERR_UNSUPPORTED;
    spin_lock(&quiet->lock);
    if (err == OK && quiet->on && quiet->begun <= time_now())
        err = ERR_EXISTS;
    if (err == OK)
        begin(quiet, at, by);
    spin_unlock(&quiet->lock);
    if (err == OK && quiet->begins != NULL)
        quiet->begins(quiet);
    return err;
}

void quiet_postpone(struct quiet *quiet, uint64_t at)
{
    spin_lock(&quiet->lock);
    if (quiet->on && quiet->by == QUIET_BY_DESCRIPTION)
        begin(quiet, at, QUIET_BY_DESCRIPTION);
    spin_unlock(&quiet->lock);
}

enum err quiet_end(struct quiet *quiet)
{
    spin_lock(&quiet->lock);
    bool was_on = quiet->on;
    if (was_on) {
        atomic_store(&quiet->ended, time_now());
        quiet->on = false;
        arm(quiet, false);
    }
    spin_unlock(&quiet->lock);
    return was_on ? OK : ERR_NOT_FOUND;
}

void quiet_excuse(struct ledger *ledger)
{
    ledger_assert_own(ledger);
    ledger->violations.open = false;
}

void quiet_start_ledger(struct ledger *ledger)
{
    struct quiet *quiet = ledger->quiet;
    ledger->violations.open = false;
    if (quiet == NULL)
        return;
    spin_lock(&quiet->lock);
    if (quiet->on)
        ledger_arm(ledger, LEDGER_ARMED_QUIET, true);
    spin_unlock(&quiet->lock);
}

/*
 * The contract that was on at `now`, which is just over, 0: none. Another hart may be in begin():
 * of its two stores to `begun` the first one hides what of the rest is already there.
 */
static uint32_t contract_of(const struct quiet *quiet, uint64_t now)
{
    uint32_t number = atomic_load(&quiet->number);
    uint64_t ended = atomic_load(&quiet->ended);
    return now >= atomic_load(&quiet->begun) && now < ended ? number : 0;
}

static void open_exit(struct ledger *ledger, uint64_t now)
{
    struct quiet_violations *v = &ledger->violations;
    v->open_number = contract_of(ledger->quiet, now);
    v->open_began = now;
    v->open_column = LEDGER_COLUMNS;
    v->open = v->open_number != 0;
}

/* The guest's piece ends where an exit begins; the exit's own first one has its name. */
void quiet_piece(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    ledger_assert_own(ledger);
    struct quiet_violations *v = &ledger->violations;
    if (column == LEDGER_GUEST)
        open_exit(ledger, now);
    else if (v->open_column == LEDGER_COLUMNS && column != LEDGER_WAIT_LOCK)
        v->open_column = column;
}

/* Readers look for the number of the contract: they find nothing until all is cleared. */
static void clear(struct quiet_violations *v)
{
    atomic_store(&v->number, 0);
    memset(v->columns, 0, sizeof v->columns);
    atomic_store(&v->number, v->open_number);
}

void quiet_exit_ends(struct ledger *ledger, enum ledger_column column, uint64_t now)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    ledger_assert_own(ledger);
    struct quiet_violations *v = &ledger->violations;
    if (!v->open)
        return;
    v->open = false;
    if (atomic_load(&v->number) != v->open_number)
        clear(v);
    bool named = v->open_column != LEDGER_COLUMNS; /* not if the contract ended meanwhile */
    struct quiet_violation *its = &v->columns[named ? v->open_column : column];
    uint64_t ticks = now - v->open_began;
    if (its->count == 0)
        ledger_take_sample(ledger, &its->first, now);
    its->ticks += ticks;
    its->longest = later(its->longest, ticks);
    atomic_thread_fence(memory_order_release);
    write_once(&its->count, its->count + 1);
}

bool quiet_read_column(const struct ledger *ledger, enum ledger_column column,
                       struct quiet_violation *violation)
{
    DEBUG_ASSERT(column < LEDGER_COLUMNS);
    const struct quiet_violations *v = &ledger->violations;
    if (ledger->quiet == NULL || atomic_load(&v->number) != atomic_load(&ledger->quiet->number))
        return false;
    uint64_t count = read_once(&v->columns[column].count);
    atomic_thread_fence(memory_order_acquire);
    *violation = v->columns[column];
    violation->count = count;
    return count > 0;
}

static uint64_t sum_exits(const struct quiet *quiet)
{
    struct quiet_violation violation;
    uint64_t exits = 0;
    for (const struct ledger *l = quiet->first; l != NULL; l = l->next_quiet)
        for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
            if (quiet_read_column(l, i, &violation))
                exits += violation.count;
    return exits;
}

/* lock held */
static enum quiet_phase phase_of(const struct quiet *quiet, uint64_t now)
{
    spin_debug_assert_held(&quiet->lock);
    if (quiet->on)
        return quiet->begun > now ? QUIET_PENDING : QUIET_ON;
    return quiet->begun < quiet->ended ? QUIET_ENDED : QUIET_NEVER;
}

struct quiet_summary quiet_read(struct quiet *quiet)
{
    spin_lock(&quiet->lock);
    uint64_t now = time_now();
    struct quiet_summary summary = {.phase = phase_of(quiet, now),
                                    .by = quiet->by,
                                    .begun = quiet->begun,
                                    .ended = quiet->on ? now : quiet->ended};
    bool counts = summary.phase == QUIET_ON || summary.phase == QUIET_ENDED;
    summary.exits = counts ? sum_exits(quiet) : 0;
    spin_unlock(&quiet->lock);
    return summary;
}
