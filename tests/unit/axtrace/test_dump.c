/* The text of a dump, as docs/trace-format.md has it. */
#include "fixture.h"
#include "parts.h"
#include <stdio.h>
#include <string.h>

static char text[1 << 20];
static size_t length;

static void sink(void *context, const char *bytes, size_t count)
{
    assert_true(length + count < sizeof text);
    assert_string_equal(context, "context");
    assert_memory_equal(bytes + count - 2, "\r\n", 2);
    memcpy(text + length, bytes, count);
    length += count;
    text[length] = '\0';
}

static const char *dump(void)
{
    length = 0;
    assert_true(trace_dump_begin(sink, (void *)"context"));
    for (bool more = true; more;) {
        size_t before = length;
        more = trace_dump_step();
        assert_in_range(length - before, 0, 2 * TRACE_LINE_SIZE);
    }
    return text;
}

#define HAS(line) assert_non_null(strstr(text, line "\r\n"))

static void shows_a_ledger(void **state)
{
    spend(40, LEDGER_GUEST);
    f.exits = 1;
    f.ledger->exit = (struct ledger_exit){0x80200000, 10, {0x10, 3, 0x54}};
    spend(700, LEDGER_SBI_BASE);
    spend(12, LEDGER_GUEST);
    dump();
    HAS("@trace begin version=1 timebase=10000000 now=1752 harts=2 vcpus=1");
    HAS("@hart 0 id=4");
    HAS("@vcpu 0.0 vm=linux hart=0 start=1000 now=1752 exits=1 exact=1");
    HAS("@column 0.0 guest count=1 sum=700 min=700 max=700");
    HAS("@hist 0.0 guest 700:1");
    HAS("@column 0.0 sbi.base count=1 sum=12 min=12 max=12");
    HAS("@worst 0.0 sbi.base end=1752 exits=1 pc=0x80200000 cause=0xa args=0x10,0x3,0x54 "
        "others=0:sbi.base");
    assert_null(strstr(text, "@column 0.0 idle"));
}

static void shows_a_contract(void **state)
{
    static struct quiet quiet;
    quiet_init(&quiet);
    quiet_add(&quiet, f.ledger);
    ledger_enter_guest(f.ledger);
    dump();
    assert_null(strstr(text, "@quiet"));
    (void)quiet_begin(&quiet, 0, QUIET_BY_CONSOLE);
    fake_csr.time += 50;
    f.exits = 1;
    f.ledger->exit = (struct ledger_exit){0x80200000, 10, {0x10, 3, 0x54}};
    ledger_switch(f.ledger, LEDGER_SBI_BASE);
    fake_csr.time += 7;
    ledger_enter_guest(f.ledger);
    dump();
    HAS("@quiet 0.0 on=1 begun=1000 ended=1057");
    HAS("@violation 0.0 sbi.base count=1 sum=7 max=7 end=1057 exits=1 pc=0x80200000 cause=0xa "
        "args=0x10,0x3,0x54 others=0:sbi.base");
    (void)quiet_end(&quiet);
    fake_csr.time += 100;
    dump();
    HAS("@quiet 0.0 on=0 begun=1000 ended=1057");
}

static void counts_its_lines(void **state)
{
    spend(40, LEDGER_GUEST);
    dump();
    unsigned lines = 0, said;
    for (const char *at = text; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    const char *end = strstr(text, "@trace end lines=");
    assert_non_null(end);
    assert_int_equal(sscanf(end, "@trace end lines=%u", &said), 1);
    assert_int_equal(said, lines - 1);
}

static void long_histograms_take_several_lines(void **state)
{
    for (uint64_t ticks = 40; ticks > 0; ticks--) {
        spend(0, LEDGER_GUEST);
        spend(ticks, LEDGER_STOPPED);
    }
    dump();
    HAS("@hist 0.0 guest 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1 11:1 12:1 13:1 14:1 15:1 16:1");
    HAS("@hist 0.0 guest 33:1 34:1 35:1 36:1 37:1 38:1 39:1 40:1");
}

static void shows_events(void **state)
{
    assert_int_equal(trace_set(TRACE_STOP), OK);
    fake_csr.time = 5000;
    trace(TRACE_INJECT, 1, 2, 5, 0x99);
    trace(TRACE_MAILBOX, TRACE_NO_VCPU, TRACE_NO_VCPU, 7, 8);
    dump();
    HAS("@ring 0 mode=stop events=2 lost=0");
    HAS("@event 0 5000 inject 1.2 0x5 0x99");
    HAS("@event 0 5000 mailbox - 0x7 0x8");
    assert_true(trace_recording);
}

/* Those that the ring turned over, but for what was kept around the late timer. */
static void shows_what_was_kept_once(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    for (uint64_t i = 0; i < 100; i++)
        trace(TRACE_WFI, 0, 0, i, 0);
    trace_late(f.ledger, 77, 5000, TRACE_BLAME_EXIT, LEDGER_SBI_BASE);
    for (uint64_t i = 101; i < TRACE_DEFAULT_ROOM + 200; i++)
        trace(TRACE_WFI, 0, 0, i, 0);
    dump();
    HAS("@ring 0 mode=overwrite events=8224 lost=168");
    assert_non_null(strstr(text, " late 0.0 0x4d "));
    assert_null(strstr(text, " wfi 0.0 0x44 "));
    HAS(" wfi 0.0 0x45 0x0");
    assert_null(strstr(text, " wfi 0.0 0xc7 "));
    HAS(" wfi 0.0 0xc8 0x0");
    /* And one that the ring still has is there once. */
    trace_late(f.ledger, 78, 6000, TRACE_BLAME_EXIT, LEDGER_SBI_BASE);
    dump();
    HAS("@ring 0 mode=overwrite events=8224 lost=169");
    const char *first = strstr(text, " late 0.0 0x4e ");
    assert_non_null(first);
    assert_null(strstr(first + 1, " late 0.0 0x4e "));
}

static void shows_gaps(void **state)
{
    f.no_memory = true;
    assert_int_equal(gaps_sample(0), ERR_NO_MEMORY);
    f.no_memory = false;
    assert_int_equal(gaps_sample(0), OK);
    dump();
    HAS("@hart 0 id=4 gaps=0 min=0 max=0 sum=0");
}

static void is_not_held_while_it_runs(void **state)
{
    assert_true(trace_hold_dumps());
    trace_let_dumps();
    length = 0;
    assert_true(trace_dump_begin(sink, (void *)"context"));
    assert_false(trace_hold_dumps());
    assert_false(trace_dump_begin(sink, (void *)"context"));
    assert_true(trace_dump_step());
    trace_dump_leave();
    assert_true(trace_hold_dumps());
    assert_false(trace_dump_begin(sink, (void *)"context"));
    trace_let_dumps();
}

int run_dump_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_what_was_kept_once),
        TEST(shows_a_ledger),
        TEST(shows_a_contract),
        TEST(counts_its_lines),
        TEST(long_histograms_take_several_lines),
        TEST(shows_events),
        TEST(shows_gaps),
        TEST(is_not_held_while_it_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
