#include <axdriver/host_uart.h>
#include <axhal/interrupt.h>
#include <axhal/time.h>
#include <axsync/spinlock.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <axvm/ration.h>
#include <lib/assert.h>
#include <stddef.h>
#include "around.h"
#include "internal.h"

#define FREE_TURN_MS 1 /* of a hart that runs no vCPU */

static void go_on(struct hart_timer *timer);

static struct ration ration = {.share = CHORES_SHARE};
static struct around around;
static struct hart_timer timer = {.fire = go_on};
static struct chore *first, **end = &first;
static bool running; /* a step calls */
static bool held;    /* until the timer fires */
static struct chores_summary summary;

void chore_add(struct chore *chore)
{
    DEBUG_ASSERT(chore->step != NULL);
    if (chore->ready)
        return;
    chore->ready = true;
    chore->next = NULL;
    *end = chore;
    end = &chore->next;
}

void chore_drop(struct chore *chore)
{
    struct chore **at = &first;
    while (*at != NULL && *at != chore)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    *at = chore->next;
    if (end == &chore->next)
        end = at;
    chore->ready = false;
}

static void take_step(void)
{
    DEBUG_ASSERT(first != NULL && first->ready && running);
    struct chore *chore = first;
    chore_drop(chore);
    if (chore->step(chore))
        chore_add(chore);
}

/* The sources of new chores are silent, so that the guest is not interrupted for nothing. */
static void hold(uint64_t until)
{
    held = true;
    host_uart_hold(true);
    hart_timer_set(&timer, until);
}

static void go_on(struct hart_timer *t)
{
    (void)t;
    held = false;
    host_uart_hold(false);
    chores_run();
}

static void note_turn(uint64_t start, uint64_t now)
{
    summary.turns++;
    summary.used_up += first != NULL;
    summary.ticks += now - start;
    if (now - start > summary.longest)
        summary.longest = now - start;
}

/* `owed`: ticks that earlier turns' exits have taken. */
static void run_rationed(uint64_t start, uint64_t owed)
{
    uint64_t now = start;
    ration.most = (int64_t)time_us_to_ticks(CHORES_LONGEST_US);
    ration_fill(&ration, start);
    ration_owe(&ration, owed);
    while (first != NULL && ration_is_left(&ration)) {
        take_step();
        now = time_now();
        ration_take(&ration, now);
    }
    note_turn(start, now);
    if (first != NULL)
        hold(ration_full_at(&ration));
}

static void run_free(uint64_t start)
{
    while (first != NULL && time_now() - start < time_ms_to_ticks(FREE_TURN_MS))
        take_step();
    if (first != NULL)
        hart_timer_set(&timer, time_now());
}

/* The way here is a part of the turn: from the exit on, if an interrupt was why. */
static uint64_t turn_began(const struct ledger *ledger)
{
    bool exit = CONFIG_LEDGER && ledger->column == LEDGER_HOST_INTERRUPT;
    return exit ? ledger->mark : time_now();
}

/* From the switch to the chores' column on `ledger->mark` is the time of the switch. */
static void run_beside(const struct ledger *ledger)
{
    uint64_t start = turn_began(ledger), owed = around_begin_turn(&around, ledger);
    enum ledger_column before = vm_console_charge();
    if (CONFIG_LEDGER && before == LEDGER_HOST_INTERRUPT)
        around_note_before(&around, ledger->mark - start);
    run_rationed(start, owed);
    vm_console_uncharge(before);
}

void chores_run(void)
{
    spin_debug_assert_none_held(); /* a chore may wait for the console */
    const struct vcpu *vcpu = this_hart()->vcpu;
    if (held)
        around_note_idle(&around);
    if (running || held)
        return;
    running = true;
    if (vcpu != NULL)
        run_beside(vcpu->ledger);
    else
        run_free(time_now());
    running = false;
}

struct chores_summary chores_read(void)
{
    return summary;
}
