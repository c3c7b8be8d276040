#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "words.h"

static void assert_words(const char *text, unsigned count, const char *first, const char *last)
{
    char copy[128];
    struct words w;
    snprintf(copy, sizeof copy, "%s", text);
    words_split(copy, &w);
    assert_int_equal(w.count, count);
    assert_null(w.word[count]);
    if (count == 0)
        return;
    assert_string_equal(w.word[0], first);
    assert_string_equal(w.word[count - 1], last);
}

static void splits_at_blanks(void **state)
{
    assert_words("", 0, NULL, NULL);
    assert_words("   ", 0, NULL, NULL);
    assert_words("vm", 1, "vm", "vm");
    assert_words("  vm   list  ", 2, "vm", "list");
    assert_words("1 2 3 4 5 6 7 8", 8, "1", "8");
    assert_words("1 2 3 4 5 6 7 8 9  x", 8, "1", "8 9  x");
}

static void fill(struct candidates *c)
{
    *c = (struct candidates){0};
    candidates_add(c, "start");
    candidates_add(c, "stop");
    candidates_add_numbered(c, "linux", 1);
    candidates_add(c, "status");
}

#define NAME_OF_16 "0123456789abcdef"
#define NAME_OF_96 NAME_OF_16 NAME_OF_16 NAME_OF_16 NAME_OF_16 NAME_OF_16 NAME_OF_16

static void assert_completion(const char *prefix, const char *rest, const char *left)
{
    struct candidates c;
    char got[32], list[64];
    fill(&c);
    candidates_complete(&c, prefix, got, sizeof got);
    assert_string_equal(got, rest);
    candidates_list(&c, list, sizeof list);
    assert_string_equal(list, left);
}

static void completes_what_all_share(void **state)
{
    assert_completion("", "", "start stop linux.1 status");
    assert_completion("s", "t", "start stop status");
    assert_completion("st", "", "start stop status");
    assert_completion("sta", "", "start status");
    assert_completion("star", "t ", "start");
    assert_completion("start", " ", "start");
    assert_completion("starter", "", "");
    assert_completion("l", "inux.1 ", "linux.1");
    assert_completion("x", "", "");
}

static void leaves_out_what_has_no_room(void **state)
{
    struct candidates c = {0};
    char list[8], rest[4], all[32];
    for (unsigned i = 0; i < 2 * CANDIDATES_MAX; i++)
        candidates_add(&c, "word");
    assert_int_equal(c.count, CANDIDATES_MAX);
    candidates_list(&c, list, sizeof list);
    assert_string_equal(list, "word wo");
    candidates_complete(&c, "", rest, sizeof rest);
    assert_string_equal(rest, "wor");
    c = (struct candidates){0};
    for (unsigned i = 0; i < 40; i++)
        candidates_add_numbered(&c, NAME_OF_96, 10 + i);
    assert_int_equal(c.count, 20);
    assert_true(c.used <= sizeof c.made);
    c = (struct candidates){0};
    candidates_add_numbered(&c, "", 0);
    candidates_add_numbered(&c, "", UINT32_MAX);
    candidates_list(&c, all, sizeof all);
    assert_string_equal(all, "0 4294967295");
}

static void reads_numbers(void **state)
{
    static const struct {
        const char *word;
        bool is_one;
        uint64_t number;
    } cases[] = {
        {"0", true, 0},
        {"1000", true, 1000},
        {"0x1fF", true, 0x1ff},
        {"0X0", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"0xffffffffffffffff", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"0x10000000000000000", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"0x", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"1s", false, 0},
        {"f", false, 0},
        {"0xg", false, 0},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number;
        assert_int_equal(words_number(cases[i].word, &number), cases[i].is_one);
        if (cases[i].is_one)
            assert_int_equal(number, cases[i].number);
    }
}

static void breaks_lines_at_blanks(void **state)
{
    assert_int_equal(words_fit("one two three", 13), 13);
    assert_int_equal(words_fit("one two three", 12), 7);
    assert_int_equal(words_fit("one two three", 7), 7);
    assert_int_equal(words_fit("one two three", 6), 3);
    assert_int_equal(words_fit("one", 2), 2); /* a word that is longer than a line */
    assert_int_equal(words_fit("", 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_at_blanks),
        cmocka_unit_test(completes_what_all_share),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(breaks_lines_at_blanks),
        cmocka_unit_test(leaves_out_what_has_no_room),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
