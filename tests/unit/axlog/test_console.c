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

static char sent[512];
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

bool spin_lock_bounded(struct spinlock *lock, uint32_t spins)
{
    spin_lock(lock);
    return true;
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

/* The last test: there is no way back. */
static void leaves_a_report_alone(void **state)
{
    show("hv> vm");
    console_panic_mode();
    write_line("PANIC\r\n");
    write_line("trace\r\n");
    assert_sent("hv> vm" ERASE "PANIC\r\ntrace\r\n");
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
        cmocka_unit_test_setup(leaves_a_report_alone, setup),
    };
    return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
