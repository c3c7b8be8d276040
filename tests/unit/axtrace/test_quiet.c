/* Every exit that begins in a contract is counted and has its name; no other is. */
#include "fixture.h"

static struct quiet quiet;
static struct quiet_violation seen;

/* The guest runs for so long, and then there is an exit of `ticks` in `column`. */
static void exit_after(uint64_t run, enum ledger_column column, uint64_t ticks)
{
    fake_csr.time += run;
    f.exits++;
    ledger_switch(f.ledger, column);
    fake_csr.time += ticks;
    ledger_enter_guest(f.ledger);
}

static void begin(void)
{
    quiet_init(&quiet);
    quiet_add(&quiet, f.ledger);
    ledger_enter_guest(f.ledger);
    exit_after(10, LEDGER_SBI_TIME, 5);
    exit_after(10, LEDGER_SBI_TIME, 5);
    fake_csr.time += 10;
    assert_int_equal(quiet_begin(&quiet, 0, QUIET_BY_CONSOLE), OK);
}

static void assert_quiet(enum quiet_phase phase, uint64_t exits, uint64_t ticks)
{
    struct quiet_summary s = quiet_read(&quiet);
    assert_int_equal(s.phase, phase);
    assert_int_equal(s.exits, exits);
    assert_int_equal(s.ended - s.begun, ticks);
}

static void a_quiet_guest_has_no_exits(void **state)
{
    begin();
    assert_quiet(QUIET_ON, 0, 0);
    fake_csr.time += 600;
    assert_quiet(QUIET_ON, 0, 600);
    assert_int_equal(quiet_end(&quiet), OK);
    exit_after(50, LEDGER_SBI_TIME, 7);
    assert_quiet(QUIET_ENDED, 0, 600);
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        assert_false(quiet_read_column(f.ledger, i, &seen));
}

static void exits_are_counted_and_named(void **state)
{
    begin();
    f.ledger->exit = (struct ledger_exit){.pc = 0x80200000, .cause = 10, .args = {1, 2, 3}};
    exit_after(100, LEDGER_SBI_TIME, 5); /* a usual one otherwise */
    f.ledger->exit.pc = 0x80300000;
    exit_after(1, LEDGER_SBI_TIME, 300);
    exit_after(70, LEDGER_MMIO_UART, 40);
    assert_quiet(QUIET_ON, 3, 516);
    assert_true(quiet_read_column(f.ledger, LEDGER_SBI_TIME, &seen));
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.ticks, 305);
    assert_int_equal(seen.longest, 300);
    assert_int_equal(seen.first.exits, 3);
    assert_int_equal(seen.first.pc, 0x80200000);
    assert_int_equal(seen.first.cause, 10);
    assert_int_equal(seen.first.args[2], 3);
    assert_int_equal(seen.first.end, fake_csr.time - 411);
    assert_true(quiet_read_column(f.ledger, LEDGER_MMIO_UART, &seen));
    assert_int_equal(seen.count, 1);
    assert_false(quiet_read_column(f.ledger, LEDGER_GUEST, &seen));
    read_ledger();
}

static void an_exit_is_one_whatever_it_waits_for(void **state)
{
    begin();
    fake_csr.time += 20;
    ledger_switch(f.ledger, LEDGER_SBI_RFENCE_I);
    f.harts[0].lock_wait += 3;
    fake_csr.time += 8;
    ledger_switch(f.ledger, LEDGER_WAIT_HART);
    fake_csr.time += 30;
    ledger_switch(f.ledger, LEDGER_SBI_OTHER);
    fake_csr.time += 4;
    ledger_enter_guest(f.ledger);
    assert_quiet(QUIET_ON, 1, 62);
    assert_true(quiet_read_column(f.ledger, LEDGER_SBI_RFENCE_I, &seen));
    assert_int_equal(seen.ticks, 42);
}

/* The vCPU that begins or ends it is in an exit meanwhile. */
static void its_begin_and_its_end_are_excused(void **state)
{
    begin();
    (void)quiet_end(&quiet);
    fake_csr.time += 10;
    ledger_switch(f.ledger, LEDGER_SBI_QUIET);
    fake_csr.time += 3;
    assert_int_equal(quiet_begin(&quiet, 0, QUIET_BY_GUEST), OK);
    fake_csr.time += 3;
    ledger_enter_guest(f.ledger);
    assert_quiet(QUIET_ON, 0, 3);
    fake_csr.time += 10;
    ledger_switch(f.ledger, LEDGER_SBI_QUIET);
    assert_int_equal(quiet_end(&quiet), OK);
    quiet_excuse(f.ledger);
    fake_csr.time += 3;
    ledger_enter_guest(f.ledger);
    assert_quiet(QUIET_ENDED, 0, 13);
}

/* Another hart ends it during an exit: that exit began in it. */
static void an_exit_that_began_in_it_is_counted(void **state)
{
    begin();
    fake_csr.time += 10;
    ledger_switch(f.ledger, LEDGER_MMIO_RTC);
    assert_int_equal(quiet_end(&quiet), OK);
    fake_csr.time += 3;
    ledger_enter_guest(f.ledger);
    assert_quiet(QUIET_ENDED, 1, 10);
    assert_true(quiet_read_column(f.ledger, LEDGER_MMIO_RTC, &seen));
}

static void each_contract_begins_with_none(void **state)
{
    begin();
    exit_after(10, LEDGER_WFI, 5);
    assert_int_equal(quiet_begin(&quiet, 0, QUIET_BY_GUEST), ERR_EXISTS);
    assert_int_equal(quiet_end(&quiet), OK);
    assert_int_equal(quiet_end(&quiet), ERR_NOT_FOUND);
    assert_int_equal(quiet_begin(&quiet, 0, QUIET_BY_GUEST), OK);
    assert_quiet(QUIET_ON, 0, 0);
    exit_after(10, LEDGER_MMIO_RTC, 5);
    assert_quiet(QUIET_ON, 1, 15);
    assert_false(quiet_read_column(f.ledger, LEDGER_WFI, &seen));
}

static void it_begins_when_it_is_to(void **state)
{
    begin();
    (void)quiet_end(&quiet);
    assert_int_equal(quiet_begin(&quiet, fake_csr.time + 100, QUIET_BY_DESCRIPTION), OK);
    exit_after(90, LEDGER_WFI, 5);
    assert_int_equal(quiet_read(&quiet).phase, QUIET_PENDING);
    fake_csr.time += 25;
    assert_quiet(QUIET_ON, 0, 20);
    exit_after(0, LEDGER_WFI, 5);
    assert_quiet(QUIET_ON, 1, 25);
    (void)quiet_end(&quiet);
    assert_int_equal(quiet_begin(&quiet, fake_csr.time + 100, QUIET_BY_DESCRIPTION), OK);
    assert_int_equal(quiet_begin(&quiet, 0, QUIET_BY_GUEST), OK); /* earlier */
    assert_quiet(QUIET_ON, 0, 0);
}

static void the_descriptions_is_put_off(void **state)
{
    begin();
    (void)quiet_end(&quiet);
    assert_int_equal(quiet_begin(&quiet, fake_csr.time + 100, QUIET_BY_DESCRIPTION), OK);
    quiet_postpone(&quiet, fake_csr.time + 150);
    exit_after(120, LEDGER_SBI_TIME, 5);
    assert_int_equal(quiet_read(&quiet).phase, QUIET_PENDING);
    fake_csr.time += 25;
    assert_quiet(QUIET_ON, 0, 0);
    exit_after(10, LEDGER_SBI_TIME, 5);
    assert_quiet(QUIET_ON, 1, 15);
    quiet_postpone(&quiet, fake_csr.time + 20); /* it had begun: nothing of that is left */
    assert_int_equal(quiet_read(&quiet).phase, QUIET_PENDING);
    exit_after(30, LEDGER_WFI, 5);
    assert_quiet(QUIET_ON, 1, 15);
    assert_true(quiet_read_column(f.ledger, LEDGER_WFI, &seen));
    assert_false(quiet_read_column(f.ledger, LEDGER_SBI_TIME, &seen));
    (void)quiet_end(&quiet);
    quiet_postpone(&quiet, fake_csr.time);
    assert_int_equal(quiet_read(&quiet).phase, QUIET_ENDED);
}

static void anothers_is_not_put_off(void **state)
{
    begin();
    fake_csr.time += 10;
    quiet_postpone(&quiet, fake_csr.time + 100);
    assert_quiet(QUIET_ON, 0, 10);
}

static void one_that_never_began_is_none(void **state)
{
    begin();
    (void)quiet_end(&quiet);
    assert_int_equal(quiet_begin(&quiet, fake_csr.time + 100, QUIET_BY_DESCRIPTION), OK);
    fake_csr.time += 5;
    assert_int_equal(quiet_end(&quiet), OK);
    assert_int_equal(quiet_read(&quiet).phase, QUIET_NEVER);
}

/* The vCPU comes to its hart after the begin. */
static void a_ledger_that_starts_takes_part(void **state)
{
    begin();
    ledger_stop(f.ledger);
    fake_csr.time = 1000;
    quiet_forget(&quiet);
    assert_int_equal(quiet_read(&quiet).phase, QUIET_NEVER);
    (void)quiet_begin(&quiet, 0, QUIET_BY_DESCRIPTION);
    ledger_start(f.ledger);
    ledger_enter_guest(f.ledger);
    exit_after(10, LEDGER_WFI, 5);
    assert_quiet(QUIET_ON, 1, 15);
    (void)quiet_end(&quiet);
    ledger_stop(f.ledger);
    ledger_start(f.ledger);
    assert_int_equal(f.ledger->armed, 0);
}

static void a_sample_is_shown_with_what_it_has(void **state)
{
    char text[LEDGER_SAMPLE_TEXT];
    struct ledger_sample s = {.exits = 7, .pc = 0x80, .cause = 10, .args = {1, 2, 3}};
    assert_string_equal(ledger_sample_text(&s, text),
                        "exit 7, pc 0x80, scause 0xa, a7 0x1 a6 0x2 a0 0x3");
    s.cause = 21;
    assert_string_equal(ledger_sample_text(&s, text),
                        "exit 7, pc 0x80, scause 0x15, gpa 0x1 htinst 0x2");
    s.cause = UINT64_C(1) << 63 | 5;
    assert_string_equal(ledger_sample_text(&s, text), "exit 7, pc 0x80, scause 0x8000000000000005");
}

int run_quiet_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_quiet_guest_has_no_exits),
        TEST(exits_are_counted_and_named),
        TEST(an_exit_is_one_whatever_it_waits_for),
        TEST(its_begin_and_its_end_are_excused),
        TEST(an_exit_that_began_in_it_is_counted),
        TEST(each_contract_begins_with_none),
        TEST(it_begins_when_it_is_to),
        TEST(the_descriptions_is_put_off),
        TEST(anothers_is_not_put_off),
        TEST(one_that_never_began_is_none),
        TEST(a_ledger_that_starts_takes_part),
        TEST(a_sample_is_shown_with_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
