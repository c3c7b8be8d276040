/* What a guest says, as others' terminals get it. */
#include <axvm/visible.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In buffers of just their sizes, which the sanitizer watches. */
static size_t convert(const char *text, size_t count, char *shown)
{
    char *from = malloc(count), *to = malloc(count * VISIBLE_GROWTH);
    memcpy(from, text, count);
    size_t size = visible_text(from, count, to);
    assert_true(size <= count * VISIBLE_GROWTH);
    memcpy(shown, to, size);
    shown[size] = '\0';
    free(from);
    free(to);
    return size;
}

static const struct {
    const char *said, *shown;
} rows[] = {
    {"plain text, with a\ttab", "plain text, with a\ttab"},
    {"\x1b[1A\x1b[G[hb] FORGED", "^[[1A^[[G[hb] FORGED"},
    {"\x07\x08\r\x7f\x0e\x18", "^G^H^M^?^N^X"},
    {"\x9b"
     "31m\x90\x9f",
     "\\x9b31m\\x90\\x9f"}, /* C1 as bytes */
    {"\xc2\x9b"
     "31m\xc2\x80\xc2\x9f",
     "\\x9b31m\\x80\\x9f"},                                         /* and in UTF-8 */
    {"\xc1\x9b\xc0\x9b", "\\xc1\\x9b\\xc0\\x9b"},                   /* overlong: U+005B, U+001B */
    {"\xe0\x82\x9b\xe0\x80\x9b", "\\xe0\\x82\\x9b\\xe0\\x80\\x9b"}, /* U+009B, U+001B in three */
    {"\xf0\x80\x82\x9b", "\\xf0\\x80\\x82\\x9b"},                   /* in four */
    {"\xf8\x80\x80\x82\x9b", "\\xf8\\x80\\x80\\x82\\x9b"},          /* in five */
    {"\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80"}, /* no character */
    {"\xe2\x82", "\\xe2\\x82"},                                              /* has no end */
    {"\xe2\x82\x1b[m", "\\xe2\\x82^[[m"},
    {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7 \xe6\x97\xa5",
     "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7 \xe6\x97\xa5"},
    /* NOLINTNEXTLINE(misc-misleading-bidirectional): what misleads is what is looked for. */
    {"\xe2\x80\xae"
     "gnp.\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c",
     "\\u202egnp.\\u2066\\u2028\\u061c"},
    {"\xe2\x80\xa6\xe2\x80\x94", "\xe2\x80\xa6\xe2\x80\x94"},
};

static void shows_what_it_says(void **state)
{
    char shown[256];
    for (size_t i = 0; i < COUNT(rows); i++) {
        convert(rows[i].said, strlen(rows[i].said), shown);
        assert_string_equal(shown, rows[i].shown);
    }
}

/* Whatever is said: no control, and no byte of one in UTF-8. */
static void nothing_controls_a_terminal(void **state)
{
    uint32_t seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        char said[24], shown[sizeof said * VISIBLE_GROWTH + 1];
        for (size_t i = 0; i < sizeof said; i++) {
            seed = seed * 1664525 + 1013904223;
            said[i] = (char)(seed >> 24);
        }
        size_t size = convert(said, sizeof said, shown);
        for (size_t i = 0; i < size; i++) {
            uint8_t byte = (uint8_t)shown[i];
            assert_true((byte >= ' ' && byte != 0x7f) || byte == '\t');
            if (byte == 0xc2)
                assert_in_range((uint8_t)shown[i + 1], 0xa0, 0xbf);
        }
    }
}

static void a_character_is_not_cut(void **state)
{
    static const struct {
        const char *text;
        size_t whole;
    } cases[] = {
        {"ab", 2},
        {"ab\xe2", 2},
        {"ab\xe2\x82", 2},
        {"ab\xe2\x82\xac", 5},
        {"ab\xf0\x9f\x90", 2},
        {"ab\xc3", 2},
        {"ab\xc3\xbc", 4},
        {"ab\xff", 3},
        {"ab\xe0\x82", 4}, /* it will never be one */
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(visible_whole(cases[i].text, strlen(cases[i].text)), cases[i].whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_it_says),
        cmocka_unit_test(nothing_controls_a_terminal),
        cmocka_unit_test(a_character_is_not_cut),
    };
    return cmocka_run_group_tests_name("axvm/visible", tests, NULL, NULL);
}
