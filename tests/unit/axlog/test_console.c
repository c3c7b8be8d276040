/* What a terminal gets when output comes while a line of input is shown. */
#include <axhal/firmware.h>
#include <axhal/hart.h>
#include <axhal/time.h>
#include <axlog/source.h>
#include <axsync/spinlock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ERASE "\r\x1b[K"

static char sent[32768];
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

const struct platform *platform(void)
{
    static const struct platform p = {.timebase = 1000};
    return &p;
}

static bool other_has_it; /* the console's lock */
static struct hart hart;
/* VMs that have so many pieces to write, of 100 bytes each; those that come too late to be seen
 * with the lock held. */
static uint64_t pieces, late;

static bool is_console(const struct spinlock *lock)
{
    return strcmp(lock->name, "console") == 0;
}

void spin_lock(struct spinlock *lock)
{
    assert_false(spin_held(lock));
    lock->holder = 1;
}

static void add_pieces(uint64_t count)
{
    pieces += count;
    terminal.waiting = pieces != 0;
}

void spin_unlock(struct spinlock *lock)
{
    assert_true(spin_held(lock));
    lock->holder = 0;
    if (is_console(lock))
        add_pieces(late);
    late = is_console(lock) ? 0 : late;
}

bool spin_held(const struct spinlock *lock)
{
    return lock->holder != 0;
}

void spin_assert_held(const struct spinlock *lock)
{
    assert_true(spin_held(lock));
}

bool spin_try_lock(struct spinlock *lock)
{
    if (is_console(lock) && other_has_it)
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

static bool never_ends; /* what they write */

static void source_pour(void)
{
    char piece[100];
    memset(piece, 'p', sizeof piece);
    console_put(piece, sizeof piece);
    fake_csr.time += 100; /* ms */
    if (!never_ends)
        add_pieces(UINT64_MAX);
}

/* All that the feed's hart does until nothing is left that there is room for. */
static unsigned serve(void)
{
    unsigned steps = 1;
    while (console_serve() == CONSOLE_MORE)
        steps++;
    return steps;
}

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
    fake_hart = &hart;
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
    pieces = late = 0;
    add_pieces(0);
    other_has_it = false;
    hart.vcpu = NULL;
    setup(state);
    console_set_feed(&feed);
    console_set_source(source_pour);
    assert_false(called);
    return 0;
}

static int teardown_feed(void **state)
{
    console_flush();
    assert_false(called);
    assert_int_equal(pieces, 0);
    return 0;
}

/* What there is no room for waits, in order, and the feed calls until all has gone. */
static void no_writer_waits(void **state)
{
    room = 3;
    write("onetwo");
    write_line("three\r\n");
    assert_sent("one");
    assert_true(called);
    room = 5;
    assert_int_equal(console_serve(), CONSOLE_MORE); /* "two" */
    assert_int_equal(console_serve(), CONSOLE_MORE);
    assert_int_equal(console_serve(), CONSOLE_MORE);
    assert_int_equal(console_serve(), CONSOLE_NOTHING);
    assert_sent("two\r\n");
    assert_true(called);
    room = 100;
    serve();
    assert_sent("three\r\n");
    assert_false(called);
}

/* A hart with a guest that has not asked for the line. */
static void the_hart_of_a_vcpu_leaves_its_lines(void **state)
{
    hart.vcpu = (struct vcpu *)&hart;
    write_line("log\r\n");
    assert_sent("");
    assert_true(called);
    serve();
    assert_sent("log\r\n");
}

/* More than is kept: the writer goes on, and a line says what is lost, where it is lost. */
static void what_is_too_much_is_lost_and_counted(void **state)
{
    char line[32], expected[64];
    unsigned kept = 0, count = 2000;
    uint64_t before = console_lost_lines();
    room = 0;
    for (unsigned i = 0; i < count; i++) {
        snprintf(line, sizeof line, "line %04u\n", i);
        write(line);
        kept += console_lost_lines() == before;
    }
    assert_in_range(kept, 500, 1500);
    assert_int_equal(console_room(), 0);
    assert_int_equal(console_lost_lines(), before + count - kept);
    room = SIZE_MAX;
    serve();
    write("after\n");
    assert_true(console_room() > 8000);
    for (unsigned i = 0; i < kept; i++) {
        snprintf(line, sizeof line, "line %04u\n", i);
        assert_memory_equal(sent + 10 * (size_t)i, line, 10);
    }
    snprintf(expected, sizeof expected,
             "hv: %u lines of the host's were lost here: ", count - kept);
    assert_memory_equal(sent + 10 * (size_t)kept, expected, strlen(expected));
    assert_string_equal(sent + sent_size - 6, "after\n");
}

static bool acted;

static void act(uint64_t argument)
{
    assert_int_equal(argument, 7);
    acted = true;
}

/* What changes how things are shown does so in the order of what is written. */
static void acts_in_order(void **state)
{
    room = 0;
    write("before\n");
    console_do(act, 7);
    assert_false(acted);
    room = SIZE_MAX;
    serve();
    assert_true(acted);
}

static void is_short_in_a_step(void **state)
{
    char line[700];
    memset(line, 'l', sizeof line);
    hart.vcpu = (struct vcpu *)&hart;
    console_write_line(line, sizeof line);
    size_t before = 0;
    for (enum console_left left = CONSOLE_MORE; left == CONSOLE_MORE; before = sent_size) {
        left = console_serve();
        assert_in_range(sent_size - before, 0, 16);
    }
    assert_int_equal(sent_size, sizeof line);
}

/* Only the feed's hart writes what is others'. */
static void leaves_what_is_others_to_the_feed(void **state)
{
    add_pieces(2);
    console_pull();
    assert_int_equal(sent_size, 0);
    assert_true(called);
    serve();
    assert_int_equal(sent_size, 200);
    assert_false(called);
}

/* The one that has the lock sees to it. */
static void a_writer_that_finds_it_taken_goes_on(void **state)
{
    add_pieces(1);
    other_has_it = true;
    console_pull();
    assert_int_equal(console_serve(), CONSOLE_TAKEN);
    other_has_it = false;
    assert_false(console_try_lock()); /* the feed's hart is to have it first */
    assert_int_equal(pieces, 1);
    serve();
    assert_int_equal(sent_size, 100);
    assert_true(console_try_lock());
    console_unlock();
}

/* Another hart did not get the lock because we had it: we look once more. */
static void looks_again_after_the_lock(void **state)
{
    late = 1;
    write("log\n");
    assert_int_equal(sent_size, 4);
    assert_true(called);
    serve();
    assert_int_equal(sent_size, 104);
    assert_false(called);
}

/* Lines of the host and a source's have their turns. */
static void lines_and_sources_in_turn(void **state)
{
    hart.vcpu = (struct vcpu *)&hart;
    add_pieces(2);
    write_line("one\n");
    write_line("two\n");
    serve();
    char *one = strstr(sent, "one\n"), *two = strstr(sent, "two\n");
    assert_true(one != NULL && two != NULL && two - one >= 100);
}

/* Without a feed all is written at once, as long as it takes. */
static void without_a_feed_nothing_stays(void **state)
{
    console_set_feed(NULL);
    add_pieces(20);
    console_pull();
    assert_int_equal(sent_size, 2000);
}

static void the_end_has_all(void **state)
{
    room = 0;
    write("queued ");
    write("kept ");
    add_pieces(20);
    console_flush();
    assert_int_equal(sent_size, 7 + 5 + 2000);
    assert_memory_equal(sent, "queued ", 7);
    assert_false(called);
}

/* A guest on another hart writes as fast as the terminal takes it. */
static void the_end_comes(void **state)
{
    add_pieces(1);
    never_ends = true;
    console_flush();
    never_ends = false;
    assert_in_range(sent_size, 1000, 10000);
}

/* The last test: there is no way back. */
static void leaves_a_report_alone(void **state)
{
    show("hv> vm");
    room = 0;
    write("queued\r\n");
    write("kept\r\n");
    add_pieces(1);
    console_panic_mode();
    write_line("PANIC\r\n");
    write_line("trace\r\n");
    assert_sent("hv> vm" ERASE "queued\r\nhv> vm" ERASE "kept\r\nPANIC\r\ntrace\r\n");
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
        cmocka_unit_test_setup_teardown(no_writer_waits, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(the_hart_of_a_vcpu_leaves_its_lines, setup_feed,
                                        teardown_feed),
        cmocka_unit_test_setup_teardown(what_is_too_much_is_lost_and_counted, setup_feed,
                                        teardown_feed),
        cmocka_unit_test_setup_teardown(acts_in_order, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(is_short_in_a_step, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(leaves_what_is_others_to_the_feed, setup_feed,
                                        teardown_feed),
        cmocka_unit_test_setup_teardown(a_writer_that_finds_it_taken_goes_on, setup_feed,
                                        teardown_feed),
        cmocka_unit_test_setup_teardown(looks_again_after_the_lock, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(lines_and_sources_in_turn, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(without_a_feed_nothing_stays, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(the_end_has_all, setup_feed, teardown_feed),
        cmocka_unit_test_setup_teardown(the_end_comes, setup_feed, teardown_feed),
        cmocka_unit_test_setup(leaves_a_report_alone, setup_feed),
    };
    return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
