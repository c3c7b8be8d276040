#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <lib/err.h>
#include <string.h>

/* One for each value, up to the last, and no two alike. */
static void test_names(void **state)
{
    for (enum err a = OK; a <= ERR_FIRMWARE; a++) {
        assert_non_null(err_name(a));
        for (enum err b = OK; b < a; b++)
            assert_string_not_equal(err_name(a), err_name(b));
    }
    assert_string_equal(err_name(ERR_NO_MEMORY), "no memory");
}

static void test_values_that_are_none(void **state)
{
    assert_string_equal(err_name((enum err)(ERR_FIRMWARE + 1)), "an unknown error");
    assert_string_equal(err_name((enum err) - 1), "an unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_values_that_are_none)};
    return cmocka_run_group_tests_name("lib/err_name", tests, NULL, NULL);
}
