/* Line editing: bytes as a terminal sends them in; lines, and the bytes that draw them, out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line.h"

#define LEFT "\x1b[D"
#define RIGHT "\x1b[C"
#define UP "\x1b[A"
#define DOWN "\x1b[B"

static struct line line;
static struct key_reader reader;
static char entered[512]; /* the lines, a '|' before each */

static int setup(void **state)
{
    line = (struct line){0};
    reader = (struct key_reader){0};
    entered[0] = '\0';
    return 0;
}

/* The last byte's event. */
static enum line_event type(const char *bytes)
{
    enum line_event event = LINE_SAME;
    for (; *bytes != '\0'; bytes++) {
        event = line_key(&line, key_read(&reader, *bytes));
        assert_true(line.cursor <= line.length);
        assert_int_equal(strlen(line.text), line.length);
        if (event != LINE_ENTERED)
            continue;
        size_t used = strlen(entered);
        snprintf(entered + used, sizeof entered - used, "|%s", line.text);
        line_next(&line);
    }
    return event;
}

static void assert_line(const char *text, uint32_t cursor)
{
    assert_string_equal(line.text, text);
    assert_int_equal(line.cursor, cursor);
}

static void takes_what_is_typed(void **state)
{
    assert_int_equal(type("vm list"), LINE_CHANGED);
    assert_line("vm list", 7);
    assert_int_equal(type("\r"), LINE_ENTERED);
    assert_line("", 0);
    assert_string_equal(entered, "|vm list");
}

static void edits_where_the_cursor_is(void **state)
{
    static const struct {
        const char *bytes, *text;
        uint32_t cursor;
    } cases[] = {
        {"ac" LEFT "b", "abc", 2},
        {"abc" LEFT LEFT RIGHT "x", "abxc", 3},
        {"abc\x02\x02\x06x", "abxc", 3}, /* ^B ^B ^F */
        {"bc\001a", "abc", 1},           /* ^A */
        {"bc\x1b[Ha", "abc", 1},
        {"bc\x1bOHa", "abc", 1},
        {"bc\x1b[1~a", "abc", 1},
        {"bc\x1b[7~a", "abc", 1},
        {"ab\x01\005c", "abc", 3}, /* ^E */
        {"ab\x01\x1b[Fc", "abc", 3},
        {"ab\x01\x1bOFc", "abc", 3},
        {"ab\x01\x1b[4~c", "abc", 3},
        {"ab\x01\x1b[8~c", "abc", 3},
        {"abx\177c", "abc", 3},
        {"abx\bc", "abc", 3},
        {"abcx" LEFT "\x1b[3~", "abc", 3},
        {"xabc\x01\x04", "abc", 0},                 /* ^D with text: deletes */
        {"abcdef" LEFT LEFT LEFT "\x0b", "abc", 3}, /* ^K */
        {"xyzabc" LEFT LEFT LEFT "\x15", "abc", 0}, /* ^U */
        {"abc def\x17", "abc ", 4},                 /* ^W */
        {"abc def  \x17", "abc ", 4},
        {"abc def" LEFT "\x17", "abc f", 4},
        {"abc\x17\x17", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup(state);
        type(cases[i].bytes);
        assert_line(cases[i].text, cases[i].cursor);
    }
}

static void stays_inside_the_line(void **state)
{
    static const char *const nothing[] = {LEFT,   RIGHT,  UP,     DOWN,   "\x7f", "\x1b[3~",
                                          "\x0b", "\x15", "\x17", "\x01", "\x05"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        assert_int_equal(type(nothing[i]), LINE_SAME);
        assert_line("", 0);
    }
    type("ab" RIGHT "\x1b[3~"
         "c");
    assert_line("abc", 3);
}

static void ignores_what_is_no_key(void **state)
{
    static const char *const nothing[] = {
        "\x1b[5~",   "\x1b[1;5C", "\x1b[200~", "\x1b[99999999999999999999~",
        "\x1b[?25h", "\x1bOZ",    "\033b",     "\x1b\x1b",
        "\xc3\xa4",  "\xff",      "\x07",      "\x1c",
        "\x1d",      "\x1e",      "\x1f"};
    type("ab");
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        type(nothing[i]);
        assert_line("ab", 2);
    }
    type("c");
    assert_line("abc", 3);
}

static void takes_each_line_end_once(void **state)
{
    type("a\rb\nc\r\nd\r\r\n");
    assert_string_equal(entered, "|a|b|c|d|");
}

static void says_what_the_rest_means(void **state)
{
    assert_int_equal(type("\x04"), LINE_ENDED);
    assert_int_equal(type("\t"), LINE_TAB);
    assert_int_equal(type("\x0c"), LINE_CLEAR_SCREEN);
    assert_int_equal(type("ab\x03"), LINE_DROPPED);
}

static void has_a_longest_line(void **state)
{
    char expected[LINE_SIZE] = {0};
    for (size_t i = 0; i < LINE_SIZE - 1; i++) {
        expected[i] = (char)('a' + i % 26);
        assert_int_equal(type((char[]){expected[i], '\0'}), LINE_CHANGED);
    }
    assert_int_equal(type("x"), LINE_SAME);
    type("\x01");
    assert_int_equal(type("x"), LINE_SAME);
    line_insert(&line, "more");
    assert_line(expected, 0);
    type("\x1b[3~\x1b[3~");
    line_insert(&line, "more");
    assert_memory_equal(line.text, "moc", 3);
    assert_int_equal(line.length, LINE_SIZE - 1);
}

static void goes_back_and_forth_in_its_history(void **state)
{
    type("one\rtwo\rthr");
    type(UP);
    assert_line("two", 3);
    type("\x10"); /* ^P */
    assert_line("one", 3);
    assert_int_equal(type(UP), LINE_SAME);
    assert_line("one", 3);
    type("\x0e"); /* ^N */
    assert_line("two", 3);
    type(DOWN);
    assert_line("thr", 3);
    assert_int_equal(type(DOWN), LINE_SAME);
    type("ee\r" UP UP UP UP "!\r" UP);
    assert_string_equal(entered, "|one|two|three|one!");
    assert_line("one!", 4);
}

static void remembers_neither_nothing_nor_the_same_again(void **state)
{
    type("one\r\r\rtwo\rtwo\r" UP);
    assert_line("two", 3);
    type(UP);
    assert_line("one", 3);
    assert_int_equal(type(UP), LINE_SAME);
}

static void forgets_the_oldest(void **state)
{
    for (unsigned i = 0; i < LINE_HISTORY + 5; i++) {
        char text[8];
        snprintf(text, sizeof text, "%u\r", i);
        type(text);
    }
    for (unsigned i = LINE_HISTORY + 5; i > 5; i--) {
        type(UP);
        assert_int_equal(atoi(line.text), i - 1);
    }
    assert_int_equal(type(UP), LINE_SAME);
}

static void assert_drawn(const char *expected)
{
    char drawn[LINE_DRAWN];
    size_t count = line_draw(&line, "hv> ", drawn);
    assert_int_equal(count, strlen(expected));
    assert_memory_equal(drawn, expected, count);
}

static void is_drawn_with_the_cursor_in_its_place(void **state)
{
    assert_drawn("hv> ");
    type("abc");
    assert_drawn("hv> abc");
    type(LEFT LEFT);
    assert_drawn("hv> abc\x1b[2D");
}

/* What a terminal of LINE_WIDTH columns shows: the cursor's surroundings. */
static void is_scrolled_when_it_is_long(void **state)
{
    const unsigned shown = LINE_WIDTH - 1 - 4; /* of it, beside the prompt */
    char expected[2 * LINE_WIDTH] = "hv> ";
    for (unsigned i = 0; i < 100; i++)
        type((char[]){(char)('a' + i % 26), '\0'});
    memcpy(expected + 4, line.text + 100 - shown, shown);
    assert_drawn(expected);
    type("\x01");
    memcpy(expected + 4, line.text, shown);
    snprintf(expected + 4 + shown, sizeof expected - 4 - shown, "\x1b[%uD", shown);
    assert_drawn(expected);
}

/* Whatever comes, the line stays a line and its drawing has its size. */
static void stands_any_bytes(void **state)
{
    uint32_t seed = 1;
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        static const char often[] = "\x1b[ABCDHF3~\x01\x04\x0b\x15\x17\x7f ab\r";
        char byte = often[(seed >> 16) % (sizeof often - 1)];
        if (seed >> 31)
            byte = (char)(seed >> 16);
        entered[0] = '\0';
        type((char[]){byte, '\0'});
        char drawn[LINE_DRAWN];
        assert_true(line_draw(&line, "hv> ", drawn) <= LINE_DRAWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(takes_what_is_typed, setup),
        cmocka_unit_test_setup(edits_where_the_cursor_is, setup),
        cmocka_unit_test_setup(stays_inside_the_line, setup),
        cmocka_unit_test_setup(ignores_what_is_no_key, setup),
        cmocka_unit_test_setup(takes_each_line_end_once, setup),
        cmocka_unit_test_setup(says_what_the_rest_means, setup),
        cmocka_unit_test_setup(has_a_longest_line, setup),
        cmocka_unit_test_setup(goes_back_and_forth_in_its_history, setup),
        cmocka_unit_test_setup(remembers_neither_nothing_nor_the_same_again, setup),
        cmocka_unit_test_setup(forgets_the_oldest, setup),
        cmocka_unit_test_setup(is_drawn_with_the_cursor_in_its_place, setup),
        cmocka_unit_test_setup(is_scrolled_when_it_is_long, setup),
        cmocka_unit_test_setup(stands_any_bytes, setup),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
