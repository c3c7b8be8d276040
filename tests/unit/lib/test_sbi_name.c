#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <lib/sbi.h>

static void test_names(void **state)
{
    assert_string_equal(sbi_error_name(SBI_SUCCESS), "SBI_SUCCESS");
    assert_string_equal(sbi_error_name(SBI_ERR_ALREADY_AVAILABLE), "SBI_ERR_ALREADY_AVAILABLE");
    assert_string_equal(sbi_error_name(SBI_ERR_NO_SHMEM), "SBI_ERR_NO_SHMEM");
    assert_string_equal(sbi_error_name(SBI_ERR_DENIED_LOCKED), "SBI_ERR_DENIED_LOCKED");
}

static void test_codes_that_are_none(void **state)
{
    assert_string_equal(sbi_error_name(1), "SBI_ERR_?");
    assert_string_equal(sbi_error_name(-15), "SBI_ERR_?");
    assert_string_equal(sbi_error_name(INT64_MIN), "SBI_ERR_?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_codes_that_are_none)};
    return cmocka_run_group_tests_name("lib/sbi_name", tests, NULL, NULL);
}
