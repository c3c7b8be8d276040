/* The chores beside a vCPU, whose ledger says what they took: turns, and the exits around them. */
#include <axdriver/host_uart.h>
#include <axhal/platform.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../axtrace/fake_ledger.h"

#define TIMEBASE 10000000
#define SECOND UINT64_C(10000000)
#define MOST (CHORES_LONGEST_US * TIMEBASE / 1000000) /* ticks at once */
#define HEAD 30                                       /* from an exit to its turn */
#define STEP 100
#define SETTLE (SECOND / 100) /* what one turn's debt and 16 turns' exits may come to */

static struct platform machine = {.timebase = TIMEBASE};
static struct hart hart;
static struct vcpu vcpu;
static struct hart_timer *set; /* the chores' timer, until it fires */
static uint64_t steps, work;

const struct platform *platform(void)
{
    return &machine;
}
void host_uart_hold(bool hold) {}
void interrupt_wait(void) {}
void hart_timer_set(struct hart_timer *timer, uint64_t deadline)
{
    timer->deadline = deadline;
    set = timer;
}
enum ledger_column vm_console_charge(void)
{
    return vcpu.ledger == NULL ? LEDGER_COLUMNS : ledger_switch(vcpu.ledger, LEDGER_HOST_CONSOLE);
}
void vm_console_uncharge(enum ledger_column before)
{
    ledger_switch(vcpu.ledger, before);
}

static bool take_step(struct chore *chore)
{
    steps++;
    fake_csr.time += STEP;
    return --work > 0;
}

static struct chore chore = {.step = take_step};

static void exit_for(void (*serve)(void), uint64_t tail)
{
    ledger_switch(vcpu.ledger, LEDGER_HOST_INTERRUPT);
    fake_csr.time += HEAD;
    serve();
    fake_csr.time += tail;
    ledger_switch(vcpu.ledger, LEDGER_GUEST);
}

/* An interrupt of the UART. */
static void serve_chores(void)
{
    chore_add(&chore);
    chores_run();
}

static void serve_timer(void)
{
    struct hart_timer *timer = set;
    set = NULL;
    timer->fire(timer);
}

static bool is_due(void)
{
    return set != NULL && fake_csr.time >= set->deadline;
}

static void serve_nothing(void) {}

static uint64_t taken(void)
{
    struct ledger_summary interrupts, console;
    ledger_read_column(vcpu.ledger, LEDGER_HOST_INTERRUPT, &interrupts);
    ledger_read_column(vcpu.ledger, LEDGER_HOST_CONSOLE, &console);
    return interrupts.sum + console.sum;
}

static int setup(void **state)
{
    fake_hart = &hart;
    fake_csr.time += SECOND;
    vcpu.ledger = fake_ledger(0, &vcpu.exits);
    hart.vcpu = &vcpu;
    ledger_switch(vcpu.ledger, LEDGER_GUEST);
    steps = 0;
    work = UINT64_MAX;
    return 0;
}

/* The hold of one test ends before the next. */
static int teardown(void **state)
{
    fake_csr.time += 100 * SECOND;
    chore_drop(&chore);
    if (set != NULL)
        exit_for(serve_timer, 0);
    hart.vcpu = NULL;
    return 0;
}

static void run_for(uint64_t ticks, uint64_t tail)
{
    uint64_t end = fake_csr.time + ticks;
    while (fake_csr.time < end) {
        fake_csr.time = set != NULL && !is_due() ? set->deadline : fake_csr.time + 1;
        exit_for(set != NULL ? serve_timer : serve_chores, tail);
    }
}

/* However long the way back to the guest takes. */
static void the_exits_around_the_turns_are_in_the_share(void **state)
{
    static const uint64_t tails[] = {10, 200, 1000, 5000};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        uint64_t start = fake_csr.time, before = taken();
        run_for(4 * SECOND, tails[i]);
        uint64_t life = fake_csr.time - start, took = taken() - before;
        assert_in_range(took, life / CHORES_SHARE * 8 / 10, life / CHORES_SHARE + SETTLE);
    }
}

/* What the guest's own interrupts take is not the chores' to pay. */
static void other_interrupts_do_not_starve_them(void **state)
{
    uint64_t start = fake_csr.time, end = start + 4 * SECOND;
    while (fake_csr.time < end) {
        exit_for(serve_nothing, 300);
        fake_csr.time += 300;
        if (set == NULL || is_due())
            exit_for(set == NULL ? serve_chores : serve_timer, 300);
    }
    assert_in_range(steps * STEP, (fake_csr.time - start) / CHORES_SHARE / 2,
                    (fake_csr.time - start) / CHORES_SHARE);
}

/* A UART that interrupts although it is held costs exits: they are paid. */
static void exits_in_which_no_turn_is_due_are_paid(void **state)
{
    uint64_t start = fake_csr.time, before = taken();
    while (fake_csr.time < start + 4 * SECOND) {
        fake_csr.time += 5000;
        exit_for(is_due() ? serve_timer : serve_chores, 100);
    }
    uint64_t life = fake_csr.time - start;
    assert_in_range(taken() - before, 0, life / CHORES_SHARE + SETTLE);
}

/* A VM that starts again has a ledger that begins anew. */
static void a_new_life_owes_nothing(void **state)
{
    run_for(SECOND / 10, 1000);
    vcpu.ledger = fake_ledger(0, &vcpu.exits);
    ledger_switch(vcpu.ledger, LEDGER_GUEST);
    uint64_t before = steps;
    run_for(SECOND, 100);
    assert_true((steps - before) * STEP > SECOND / CHORES_SHARE / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_exits_around_the_turns_are_in_the_share, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(other_interrupts_do_not_starve_them, setup, teardown),
        cmocka_unit_test_setup_teardown(exits_in_which_no_turn_is_due_are_paid, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_life_owes_nothing, setup, teardown),
    };
    return cmocka_run_group_tests_name("axvm/chores", tests, NULL, NULL);
}
