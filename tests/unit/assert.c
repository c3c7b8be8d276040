/* What the code under test asserts: a failure fails the test, unless it expects one
 * (expect_assert_failure). */
#include <lib/assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void assert_failed(const char *condition, const char *file, int line)
{
    mock_assert(0, condition, file, line);
    __builtin_trap(); /* mock_assert() does not return */
}
