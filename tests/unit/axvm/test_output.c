/* What a VM has written: the newest bytes, and their last lines. */
#include <axhal/arch/cpu.h>
#include <axhal/hart.h>
#include <axhal/time.h>
#include <axvm/output.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char bytes[VM_OUTPUT_SIZE], copy[VM_OUTPUT_SIZE];
static struct vm_output output;

/* In pieces, which end at no place of the ring's. */
static size_t take_copy(char *to)
{
    struct output_copy c = output_copy_begin(&output);
    while (output_copy_some(&output, &c, to, 1000))
        continue;
    size_t lost = output_copy_lost(&output, &c);
    memmove(to, to + lost, c.copied - lost);
    return c.copied - lost;
}

static int setup(void **state)
{
    output = (struct vm_output){.bytes = bytes};
    fake_cpu = (struct fake_cpu){0};
    return 0;
}

static void keep(const char *text)
{
    assert_int_equal(output_keep(&output, text, strlen(text)), strlen(text));
}

static void show_all(void)
{
    const char *next;
    for (size_t count; (count = output_next(&output, &next)) > 0;)
        output_show(&output, count);
}

static void gives_what_was_kept(void **state)
{
    assert_int_equal(take_copy(copy), 0);
    keep("one\n");
    keep("t");
    keep("wo");
    assert_int_equal(take_copy(copy), 7);
    assert_memory_equal(copy, "one\ntwo", 7);
}

static void keeps_the_newest(void **state)
{
    for (unsigned i = 0; i < VM_OUTPUT_SIZE - 2; i++)
        keep("x");
    show_all();
    keep("the end");
    assert_int_equal(take_copy(copy), VM_OUTPUT_SIZE);
    assert_int_equal(copy[0], 'x');
    assert_memory_equal(copy + VM_OUTPUT_SIZE - 8, "xthe end", 8);
}

/* Another hart has claimed room and not written yet, when the copy was made. */
static void leaves_out_what_may_be_overwritten(void **state)
{
    for (unsigned i = 0; i < VM_OUTPUT_SIZE / 2; i++)
        keep("ab");
    show_all();
    output.claimed += 3;
    assert_int_equal(take_copy(copy), VM_OUTPUT_SIZE - 3);
    assert_memory_equal(copy, "baba", 4);
    output.claimed += 2 * VM_OUTPUT_SIZE;
    assert_int_equal(take_copy(copy), 0);
}

static unsigned turns;

/* The other hart has written in the third turn of this one's wait. */
static void publish_by_other(void)
{
    fake_csr.time += 5;
    if (++turns == 3)
        output_publish(&output, 3, 2);
}

/* Two harts of a VM: the one that claimed first is first, however long it takes; the wait is on the
 * other's ledger, as a lock's. */
static void harts_write_in_the_order_of_their_claims(void **state)
{
    static struct hart hart;
    uint64_t at;
    keep("one");
    assert_int_equal(output_claim(&output, 2, &at), 2);
    assert_int_equal(at, 3);
    bytes[3] = '2';
    bytes[4] = 'a';
    assert_int_equal(output_waiting(&output), 3);
    fake_hart = &hart;
    fake_cpu.relax = publish_by_other;
    keep("2b");
    assert_int_equal(turns, 3);
    assert_int_equal(hart.lock_wait, 15);
    assert_int_equal(output_waiting(&output), 7);
    assert_int_equal(take_copy(copy), 7);
    assert_memory_equal(copy, "one2a2b", 7);
}

/* What is claimed has no room for others, and what is asked for is cut. */
static void claims_no_more_than_there_is_room_for(void **state)
{
    uint64_t at;
    for (unsigned i = 0; i < VM_OUTPUT_SIZE - 3; i++)
        keep("x");
    assert_int_equal(output_claim(&output, 2, &at), 2);
    assert_int_equal(output_claim(&output, 2, &at), 1);
    assert_int_equal(at, VM_OUTPUT_SIZE - 1);
    assert_int_equal(output_claim(&output, 1, &at), 0);
}

/* In order, in one piece up to the ring's end, and nothing that was not shown is written over. */
static void shows_each_byte_once(void **state)
{
    const char *next;
    for (unsigned i = 0; i < VM_OUTPUT_SIZE - 2; i++)
        keep("x");
    show_all();
    keep("abcd");
    assert_int_equal(output_next(&output, &next), 2);
    assert_memory_equal(next, "ab", 2);
    output_show(&output, 1);
    assert_int_equal(output_next(&output, &next), 1);
    output_show(&output, 1);
    assert_int_equal(output_next(&output, &next), 2);
    assert_memory_equal(next, "cd", 2);
    output_show(&output, 2);
    assert_int_equal(output_next(&output, &next), 0);
}

static void takes_what_there_is_room_for(void **state)
{
    static char many[VM_OUTPUT_SIZE];
    memset(many, 'y', sizeof many);
    keep("first");
    assert_int_equal(output_keep(&output, many, sizeof many), VM_OUTPUT_SIZE - 5);
    assert_int_equal(output_keep(&output, "z", 1), 0);
    output_show(&output, 5);
    assert_int_equal(output_keep(&output, "123456", 6), 5);
    assert_int_equal(take_copy(copy), VM_OUTPUT_SIZE);
    assert_memory_equal(copy + VM_OUTPUT_SIZE - 6, "y12345", 6);
}

static size_t last(const char *text, uint64_t lines)
{
    size_t at = output_text_end(text, strlen(text));
    while (output_find_lines(text, &at, &lines, 2))
        continue;
    return at;
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
        cmocka_unit_test_setup(harts_write_in_the_order_of_their_claims, setup),
        cmocka_unit_test_setup(claims_no_more_than_there_is_room_for, setup),
        cmocka_unit_test_setup(shows_each_byte_once, setup),
        cmocka_unit_test_setup(takes_what_there_is_room_for, setup),
        cmocka_unit_test_setup(finds_the_last_lines, setup),
    };
    return cmocka_run_group_tests_name("axvm/output", tests, NULL, NULL);
}
