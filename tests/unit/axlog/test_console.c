/* What a terminal gets when output comes while a line of input is shown. */
#include <axhal/firmware.h>
#include <axlog/console.h>
#include <axsync/spinlock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ERASE "\r\x1b[K"

static char sent[8192];
static size_t sent_size;

static void sink(const char *bytes, size_t count)
{
    assert_true(sent_size + count < sizeof sent);
    memcpy(sent + sent_size, bytes, count);
    sent_size += count;
    sent[sent_size] = '\0';
}

void firmware_console_write(const char *bytes, size_t count)
{
    fail_msg("the sink was set");
}

static bool held, other_has_it; /* the lock */
/* VMs that have so many pieces to write, of 100 bytes each; those that come too late to be seen
 * with the lock held. */
static _Atomic uint64_t waiting;
static uint64_t late;

void spin_lock(struct spinlock *lock)
{
    assert_false(held);
    held = true;
}

void spin_unlock(struct spinlock *lock)
{
    assert_true(held);
    held = false;
    waiting += late;
    late = 0;
}

bool spin_held(const struct spinlock *lock)
{
    return held;
}

bool spin_try_lock(struct spinlock *lock)
{
    if (other_has_it)
        return false;
    spin_lock(lock);
    return true;
}

bool spin_lock_bounded(struct spinlock *lock, uint32_t spins)
{
    return spin_try_lock(lock);
}

/* A UART with room for so many bytes. */
static size_t room;
static bool called;

static size_t feed_send(const char *bytes, size_t count)
{
    count = count < room ? count : room;
    sink(bytes, count);
    room -= count;
    return count;
}

static void feed_call(bool wanted)
{
    assert_int_not_equal(wanted, called);
    called = wanted;
}

static const struct console_feed feed = {feed_send, feed_call};

static void source_pour(void)
{
    char piece[100];
    memset(piece, 'p', sizeof piece);
    console_put(piece, sizeof piece);
    waiting--;
}

static const struct console_source source = {&waiting, source_pour};

static void assert_sent(const char *expected)
{
    assert_string_equal(sent, expected);
    sent_size = 0;
    sent[0] = '\0';
}

static void write(const char *text)
{
    console_write(text, strlen(text));
}

static void write_line(const char *text)
{
    console_write_line(text, strlen(text));
}

static void show(const char *drawing)
{
    console_show_input(drawing, strlen(drawing));
}

static int setup(void **state)
{
    console_set_sink(sink);
    show("");
    write("\n");
    sent_size = 0;
    sent[0] = '\0';
    return 0;
}

static void keeps_lines_whole(void **state)
{
    write("gues");
    write("t# ");
    write_line("log\r\n");
    write_line("log\r\n");
    assert_sent("guest# \r\nlog\r\nlog\r\n");
}

static void begins_input_on_a_line_of_its_own(void **state)
{
    write("guest# ");
    show("hv> ");
    assert_sent("guest# \r\nhv> ");
    show("");
    write_line("log\r\n");
    assert_sent(ERASE "log\r\n");
}

static void puts_output_above_the_input(void **state)
{
    show("hv> vm");
    write_line("one\r\n");
    write("two\r\n");
    write("half");
    assert_sent("hv> vm" ERASE "one\r\nhv> vm" ERASE "two\r\nhv> vm" ERASE "half\r\nhv> vm");
}

static void sends_only_what_is_added(void **state)
{
    show("hv> ");
    show("hv> v");
    show("hv> vm");
    show("hv> vm\x1b[1D");
    show("hv> v");
    assert_sent("hv> vm\x1b[1D" ERASE "hv> v");
}

static void cuts_a_drawing_that_is_too_long(void **state)
{
    char drawing[2 * CONSOLE_INPUT_SIZE];
    memset(drawing, 'x', sizeof drawing);
    console_show_input(drawing, sizeof drawing);
    assert_int_equal(sent_size, CONSOLE_INPUT_SIZE);
}

static void clears_the_screen(void **state)
{
    write("half");
    show("hv> vm");
    console_clear_screen();
    write_line("top\r\n");
    assert_sent("half\r\nhv> vm\x1b[H\x1b[2Jhv> vm" ERASE "top\r\nhv> vm");
}

static int setup_feed(void **state)
{
    room = SIZE_MAX;
    waiting = 0;
    other_has_it = false;
    setup(state);
    console_set_feed(&feed);
    console_set_source(&source);
    assert_false(called);
    return 0;
}

static int teardown_feed(void **state)
{
    console_flush();
    assert_false(called);
    assert_int_equal(waiting, 0);
    return 0;
}

/* What there is no room for waits, in order, and the feed calls until all has gone. */
static void waits_for_nobody(void **state)
{
    room = 3;
    write("onetwo");
    write_line("three\r\n");
    assert_sent("one");
    assert_true(called);
    room = 5;
    console_serve();
    assert_sent("two\r\n");
    assert_true(called);
    room = 100;
    console_serve();
    assert_sent("three\r\n");
    assert_false(called);
}

/* More than the queue has room for: who writes waits then, and nothing is lost. */
static void a_full_queue_is_waited_for(void **state)
{
    room = 0;
    for (unsigned i = 0; i < 1100; i++)
        write(i % 2 != 0 ? "five\n" : "zero\n");
    assert_true(sent_size >= 1100 * 5 - 4096);
    room = SIZE_MAX;
    while (called)
        console_serve();
    assert_int_equal(sent_size, 1100 * 5);
    for (unsigned i = 0; i < 1100; i++)
        assert_memory_equal(sent + i * 5, i % 2 != 0 ? "five\n" : "zero\n", 5);
}

static void who_pulls_writes_what_waits(void **state)
{
    waiting = 2;
    console_pull();
    assert_int_equal(sent_size, 200);
    assert_false(called);
}

/* The one that has the lock comes to it. */
static void who_finds_it_taken_goes_on(void **state)
{
    waiting = 1;
    other_has_it = true;
    console_pull();
    assert_int_equal(sent_size, 0);
    assert_int_equal(waiting, 1);
    other_has_it = false;
    write("log\n");
    assert_int_equal(sent_size, 104);
}

/* At most for a turn: the feed's hart does the rest, a turn each. */
static void nobody_writes_for_others_without_end(void **state)
{
    waiting = 20;
    console_pull();
    assert_int_equal(sent_size, 300);
    assert_true(called);
    console_serve();
    assert_int_equal(sent_size, 600);
    while (called)
        console_serve();
    assert_int_equal(sent_size, 2000);
}

/* Who did not get the lock because we had it: we look behind it. */
static void looks_again_behind_the_lock(void **state)
{
    late = 1;
    write("log\n");
    assert_int_equal(sent_size, 4);
    assert_true(called);
    console_serve();
    assert_int_equal(sent_size, 104);
    assert_false(called);
}

/* Without one who calls all is written at once, as long as it takes. */
static void without_a_feed_nothing_stays(void **state)
{
    console_set_feed(NULL);
    waiting = 20;
    console_pull();
    assert_int_equal(sent_size, 2000);
}

static void the_end_has_all(void **state)
{
    room = 0;
    write("queued ");
    waiting = 20;
    console_flush();
    assert_int_equal(sent_size, 7 + 2000);
    assert_memory_equal(sent, "queued p", 8);
    assert_false(called);
}

/* The last test: there is no way back. */
static void leaves_a_report_alone(void **state)
{
    show("hv> vm");
    room = 0;
    write("queued\r\n");
    waiting = 1;
    console_panic_mode();
    write_line("PANIC\r\n");
    write_line("trace\r\n");
    assert_sent("hv> vm" ERASE "queued\r\nhv> vm" ERASE "PANIC\r\ntrace\r\n");
    console_flush();
    assert_int_equal(sent_size, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(keeps_lines_whole, setup),
        cmocka_unit_test_setup(begins_input_on_a_line_of_its_own, setup),
        cmocka_unit_test_setup(puts_output_above_the_input, setup),
        cmocka_unit_test_setup(sends_only_what_is_added, setup),
        cmocka_unit_test_setup(cuts_a_drawing_that_is_too_long, setup),
        cmocka_unit_test_setup(clears_the_screen, setup),
        cmocka_unit_test_setup_teardown(waits_for_nobody, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(a_full_queue_is_waited_for, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(who_pulls_writes_what_waits, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(who_finds_it_taken_goes_on, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(nobody_writes_for_others_without_end, setup_feed,
                                        teardown_feed),
        cmocka_unit_test_setup_teardown(looks_again_behind_the_lock, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(without_a_feed_nothing_stays, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(the_end_has_all, setup_feed, teardown_feed),
        cmocka_unit_test_setup(leaves_a_report_alone, setup_feed),
    };
    return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
