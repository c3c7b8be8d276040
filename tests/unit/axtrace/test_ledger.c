/* Every tick in one column, whatever way it was booked. */
#include "fixture.h"
#include <string.h>

static void columns_sum_to_the_wall_clock(void **state)
{
    spend(100, LEDGER_GUEST);
    spend(7, LEDGER_SBI_TIME);
    spend(3, LEDGER_GUEST);
    spend(255, LEDGER_SBI_TIME); /* the last that has a bucket of its own */
    spend(256, LEDGER_GUEST);
    spend(5000000, LEDGER_IDLE);
    read_ledger();
    assert_int_equal(f.view.columns[LEDGER_STOPPED].sum, 100);
    assert_int_equal(f.view.columns[LEDGER_GUEST].sum, 7 + 255 + 5000000);
    assert_int_equal(f.view.columns[LEDGER_GUEST].count, 3);
    assert_int_equal(f.view.columns[LEDGER_GUEST].min, 7);
    assert_int_equal(f.view.columns[LEDGER_GUEST].max, 5000000);
    assert_int_equal(f.view.columns[LEDGER_SBI_TIME].sum, 3 + 256);
    assert_int_equal(f.view.columns[LEDGER_SBI_TIME].min, 3);
    assert_int_equal(f.view.columns[LEDGER_IDLE].count, 0);
}

static void what_goes_on_is_shown_too(void **state)
{
    spend(10, LEDGER_GUEST);
    fake_csr.time += 33;
    read_ledger();
    assert_int_equal(f.view.columns[LEDGER_GUEST].sum, 33);
    assert_int_equal(f.view.columns[LEDGER_GUEST].count, 0);
    ledger_stop(f.ledger);
    fake_csr.time += 100;
    assert_true(ledger_read(f.ledger, &f.view));
    assert_int_equal(f.view.now, 1043);
}

/* The usual piece is the inline one: below the longest so far, and nothing looks. */
static void only_usual_pieces_go_inline(void **state)
{
    assert_false(ledger_book_usual(f.ledger, LEDGER_STOPPED, 1020)); /* the first */
    ledger_book_long(f.ledger, LEDGER_STOPPED, 1020);
    assert_true(ledger_book_usual(f.ledger, LEDGER_STOPPED, 1040));
    assert_true(ledger_book_usual(f.ledger, LEDGER_STOPPED, 1040));
    assert_false(ledger_book_usual(f.ledger, LEDGER_STOPPED, 1061)); /* the longest */
    fake_csr.time = 1061;
    ledger_book_long(f.ledger, LEDGER_STOPPED, 1061);
    read_ledger();
    assert_int_equal(f.view.columns[LEDGER_STOPPED].count, 4);
    assert_int_equal(f.view.columns[LEDGER_STOPPED].min, 0);
    assert_int_equal(f.view.columns[LEDGER_STOPPED].max, 21);
}

static void the_worst_has_its_circumstances(void **state)
{
    spend(0, LEDGER_GUEST);
    spend(0, LEDGER_MMIO_UART);
    f.exits = 41;
    f.ledger->exit = (struct ledger_exit){.pc = 0x80200000, .cause = 21, .args = {0x10000005}};
    spend(300, LEDGER_GUEST);
    f.exits = 42;
    f.ledger->exit.pc = 0x80300000;
    spend(50, LEDGER_MMIO_UART);
    spend(299, LEDGER_GUEST);
    read_ledger();
    const struct ledger_sample *worst = &f.view.columns[LEDGER_MMIO_UART].worst;
    assert_int_equal(worst->end, 1300);
    assert_int_equal(worst->exits, 41);
    assert_int_equal(worst->pc, 0x80200000);
    assert_int_equal(worst->cause, 21);
    assert_int_equal(worst->args[0], 0x10000005);
    assert_int_equal(worst->others[0], LEDGER_MMIO_UART);
    assert_int_equal(worst->others[1], LEDGER_COLUMNS); /* no vCPU there */
}

static void waiting_for_a_lock_is_taken_out(void **state)
{
    spend(0, LEDGER_GUEST);
    spend(10, LEDGER_MMIO_UART);
    f.harts[0].lock_wait += 30;
    fake_csr.time += 100;
    ledger_enter_guest(f.ledger);
    read_ledger();
    assert_int_equal(f.view.columns[LEDGER_WAIT_LOCK].sum, 30);
    assert_int_equal(f.view.columns[LEDGER_MMIO_UART].sum, 70);
}

static void steal_is_exact_while_armed(void **state)
{
    spend(5, LEDGER_GUEST);
    spend(10, LEDGER_SBI_TIME);
    spend(20, LEDGER_GUEST);
    spend(10, LEDGER_SBI_TIME);
    spend(15, LEDGER_GUEST); /* a usual one, that no running sum has */
    ledger_arm(f.ledger, LEDGER_ARMED_STEAL, true);
    assert_int_equal(ledger_stolen(f.ledger), 35);
    spend(10, LEDGER_MMIO_PLIC);
    spend(4, LEDGER_IDLE);
    spend(1000, LEDGER_HOST_INTERRUPT);
    spend(6, LEDGER_GUEST);
    assert_int_equal(ledger_stolen(f.ledger), 35 + 4 + 6);
    read_ledger();
    ledger_arm(f.ledger, LEDGER_ARMED_STEAL, false);
    assert_int_equal(ledger_stolen(f.ledger), 45);
    ledger_arm(f.ledger, LEDGER_ARMED_STEAL, true);
    ledger_arm(f.ledger, LEDGER_ARMED_STEAL, false);
    spend(3, LEDGER_SBI_TIME);
    spend(8, LEDGER_GUEST);                         /* a usual one, that no sum was kept of */
    ledger_arm(f.ledger, LEDGER_ARMED_TRACE, true); /* which keeps none either */
    assert_int_equal(ledger_stolen(f.ledger), 45 + 8);
}

static void armed_nothing_goes_inline(void **state)
{
    spend(20, LEDGER_GUEST);
    ledger_arm(f.ledger, LEDGER_ARMED_TRACE, true);
    assert_false(ledger_book_usual(f.ledger, LEDGER_GUEST, 1021));
    spend(20, LEDGER_STOPPED);
    assert_false(ledger_book_usual(f.ledger, LEDGER_STOPPED, 1041));
    ledger_arm(f.ledger, LEDGER_ARMED_TRACE, false);
    spend(20, LEDGER_STOPPED); /* the first one after it finds that out */
    assert_true(ledger_book_usual(f.ledger, LEDGER_STOPPED, 1061));
}

struct buckets {
    uint64_t count, least_sum, greatest_sum;
};

static void add_bucket(void *context, uint64_t lowest, uint64_t highest, uint64_t count)
{
    struct buckets *b = context;
    b->count += count;
    b->least_sum += lowest * count;
    b->greatest_sum += highest * count;
}

static void buckets_hold_every_piece(void **state)
{
    uint64_t sum = 0;
    for (uint64_t ticks = 1; ticks < UINT64_C(1) << 37; ticks = ticks * 3 + 1) {
        spend(0, LEDGER_GUEST);
        spend(ticks, LEDGER_STOPPED);
        sum += ticks;
    }
    read_ledger();
    assert_int_equal(f.view.columns[LEDGER_GUEST].sum, sum);
    struct buckets b = {0};
    for (uint32_t at = 0; ledger_each_bucket(f.ledger, LEDGER_GUEST, at, 100, add_bucket, &b);)
        at += 100;
    assert_int_equal(b.count, f.view.columns[LEDGER_GUEST].count);
    assert_true(b.least_sum <= sum);
}

/* A reader beside the writer: what does not add up is not shown. */
static void a_torn_read_is_refused(void **state)
{
    spend(20, LEDGER_GUEST);
    f.ledger->books[LEDGER_GUEST].greatest = 9;
    f.ledger->linear[LEDGER_GUEST][9]++; /* booked, but the mark has not moved yet */
    assert_false(ledger_read(f.ledger, &f.view));
    assert_int_equal(f.view.columns[LEDGER_GUEST].sum + f.view.columns[LEDGER_STOPPED].sum, 20);
    f.ledger->mark += 9;
    assert_true(ledger_read(f.ledger, &f.view));
}

static void a_restart_begins_anew(void **state)
{
    spend(20, LEDGER_GUEST);
    spend(20000, LEDGER_SBI_BASE);
    ledger_stop(f.ledger);
    fake_csr.time = 1000;
    ledger_start(f.ledger);
    fake_csr.time = 1003;
    read_ledger();
    assert_int_equal(f.view.columns[LEDGER_STOPPED].sum, 3);
    assert_int_equal(ledger_count(f.ledger, LEDGER_GUEST), 0);
}

static void what_is_forgotten_is_found_no_more(void **state)
{
    static struct ledger other; /* of a hart that is not this one */
    uint64_t exits = 0;
    fake_hart = &f.harts[1];
    ledger_init(&other, 1, 0, "rt", &exits);
    ledger_start(&other);
    fake_hart = &f.harts[0];
    spend(50, LEDGER_GUEST);
    spend(60, LEDGER_SBI_BASE);
    assert_int_equal(f.ledger->books[LEDGER_GUEST].worst.others[1], LEDGER_STOPPED);
    expect_assert_failure(ledger_forget(&other));               /* it runs */
    expect_assert_failure(ledger_switch(&other, LEDGER_GUEST)); /* on another hart */
    fake_hart = &f.harts[1];
    ledger_stop(&other);
    fake_hart = &f.harts[0];
    ledger_forget(&other);
    assert_null(ledger_of_hart(1));
    assert_ptr_equal(ledger_of_hart(0), f.ledger);
    memset(&other, 0xff, sizeof other); /* its memory is another's now */
    spend(50, LEDGER_GUEST);
    spend(70, LEDGER_SBI_BASE);
    assert_int_equal(f.ledger->books[LEDGER_GUEST].worst.others[1], LEDGER_COLUMNS);
}

static void forgets_nothing_but_its_own(void **state)
{
    static struct ledger never_started;
    ledger_forget(&never_started);
    assert_ptr_equal(ledger_of_hart(0), f.ledger);
}

static void names_lead_to_columns_and_back(void **state)
{
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        assert_int_equal(ledger_column_by_name(ledger_column_name(i)), i);
    assert_int_equal(ledger_column_by_name("gest"), LEDGER_COLUMNS);
}

int run_ledger_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(columns_sum_to_the_wall_clock),
        TEST(what_goes_on_is_shown_too),
        TEST(only_usual_pieces_go_inline),
        TEST(the_worst_has_its_circumstances),
        TEST(waiting_for_a_lock_is_taken_out),
        TEST(steal_is_exact_while_armed),
        TEST(armed_nothing_goes_inline),
        TEST(buckets_hold_every_piece),
        TEST(a_torn_read_is_refused),
        TEST(a_restart_begins_anew),
        TEST(what_is_forgotten_is_found_no_more),
        TEST(forgets_nothing_but_its_own),
        TEST(names_lead_to_columns_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
