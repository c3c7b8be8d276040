/* What a VM has written: the newest bytes, and their last lines. */
#include <axvm/output.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char bytes[VM_OUTPUT_SIZE], copy[VM_OUTPUT_SIZE];
static struct vm_output output;

static int setup(void **state)
{
    output = (struct vm_output){.bytes = bytes};
    return 0;
}

static void keep(const char *text)
{
    output_keep(&output, text, strlen(text));
}

static void gives_what_was_kept(void **state)
{
    assert_int_equal(output_copy(&output, copy), 0);
    keep("one\n");
    output_keep_byte(&output, 't');
    keep("wo");
    assert_int_equal(output_copy(&output, copy), 7);
    assert_memory_equal(copy, "one\ntwo", 7);
}

static void keeps_the_newest(void **state)
{
    for (unsigned i = 0; i < VM_OUTPUT_SIZE - 2; i++)
        output_keep_byte(&output, 'x');
    keep("the end");
    assert_int_equal(output_copy(&output, copy), VM_OUTPUT_SIZE);
    assert_int_equal(copy[0], 'x');
    assert_memory_equal(copy + VM_OUTPUT_SIZE - 8, "xthe end", 8);
}

/* Another hart has claimed room and not written yet, when the copy was made. */
static void leaves_out_what_may_be_overwritten(void **state)
{
    for (unsigned i = 0; i < VM_OUTPUT_SIZE / 2; i++)
        keep("ab");
    output.claimed += 3;
    assert_int_equal(output_copy(&output, copy), VM_OUTPUT_SIZE - 3);
    assert_memory_equal(copy, "baba", 4);
    output.claimed += 2 * VM_OUTPUT_SIZE;
    assert_int_equal(output_copy(&output, copy), 0);
}

static size_t last(const char *text, uint64_t lines)
{
    return output_last_lines(text, strlen(text), lines);
}

static void finds_the_last_lines(void **state)
{
    assert_int_equal(last("", 1), 0);
    assert_int_equal(last("a\nb\nc\n", 1), 4);
    assert_int_equal(last("a\nb\nc\n", 2), 2);
    assert_int_equal(last("a\nb\nc\n", 9), 0);
    assert_int_equal(last("a\nb\nprompt> ", 1), 4);
    assert_int_equal(last("a\n\n", 1), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(gives_what_was_kept, setup),
        cmocka_unit_test_setup(keeps_the_newest, setup),
        cmocka_unit_test_setup(leaves_out_what_may_be_overwritten, setup),
        cmocka_unit_test_setup(finds_the_last_lines, setup),
    };
    return cmocka_run_group_tests_name("axvm/output", tests, NULL, NULL);
}
