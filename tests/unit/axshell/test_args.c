/* Words of commands that name VMs, vCPUs, columns and numbers, and what is said of wrong ones. */
#include <args.h>
#include <axlog/log.h>
#include <job.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <which.h>

#include <cmocka.h>

static struct vm_config configs[] = {
    {.name = "web", .cpus = 2}, {.name = "rt.1", .cpus = 1}, {.name = "late", .cpus = 3}};
static struct vcpu web_vcpus[2], rt_vcpus[1];
static struct vm web, rt;
struct vm *vms[VM_MAX];
uint32_t vm_count = 3;
static char said[1024];
static bool readable;
static unsigned waits;

const struct vm_config *vm_description(uint32_t index)
{
    return &configs[index];
}

void print_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    assert_string_equal(said, ""); /* one message for one mistake */
    vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
}

bool ledger_read(const struct ledger *ledger, struct ledger_view *view)
{
    return readable;
}

void job_wait(void)
{
    waits++;
}

/* "late" is described, and not made. */
static int start(void **state)
{
    web = (struct vm){.config = &configs[0], .vcpus = web_vcpus};
    rt = (struct vm){.config = &configs[1], .vcpus = rt_vcpus};
    for (uint32_t i = 0; i < 2; i++)
        web_vcpus[i].id = i;
    vms[0] = &web;
    vms[1] = &rt;
    vms[2] = NULL;
    said[0] = '\0';
    readable = true;
    waits = 0;
    return 0;
}

static void check_said(const char *expected)
{
    assert_string_equal(said, expected);
    said[0] = '\0';
}

static void a_vm_has_a_name_and_a_number(void **state)
{
    assert_ptr_equal(arg_vm("vm stop", "web"), &web);
    assert_ptr_equal(arg_vm("vm stop", "1"), &rt);
    assert_ptr_equal(arg_vm("vm stop", "0x1"), &rt);
    check_said("");
}

static void a_vm_that_is_not_there_is_named(void **state)
{
    assert_null(arg_vm("vm stop", "wbe"));
    check_said("vm stop: NAME = wbe: expected one of: web rt.1 late");
    assert_null(arg_vm("vm stop", "3"));
    check_said("vm stop: NAME = 3: expected one of: 0 1 2");
    assert_null(arg_vm("vm stop", NULL));
    check_said("vm stop: NAME is missing: expected one of: web rt.1 late");
    assert_null(arg_vm("vm stop", "late"));
    check_said("vm stop: VM late is not made: vm create makes it");
    assert_null(find_vm("late"));
    check_said("");
}

static void a_name_comes_before_a_number(void **state)
{
    uint32_t index;
    configs[2].name = "0";
    assert_true(find_description("0", &index));
    assert_int_equal(index, 2);
    configs[2].name = "late";
}

static void a_vcpu_is_named_after_its_vm(void **state)
{
    assert_ptr_equal(arg_vcpu("vcpu", "web.1"), &web_vcpus[1]);
    assert_ptr_equal(arg_vcpu("vcpu", "0.1"), &web_vcpus[1]);
    assert_ptr_equal(arg_vcpu("vcpu", "rt.1"),
                     &rt_vcpus[0]); /* its only one: the dot is the VM's */
    assert_ptr_equal(arg_vcpu("vcpu", "rt.1.0"), &rt_vcpus[0]);
    check_said("");
}

static void a_vcpu_that_is_not_there_is_named(void **state)
{
    const char *const wrong[] = {"web", "web.2", "web.", "web.x", "other.0", ".0"};
    char expected[256];
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(arg_vcpu("vcpu", wrong[i]));
        snprintf(expected, sizeof expected,
                 "vcpu: VM.VCPU = %s: expected one of: web.0 web.1 rt.1.0 late.0 late.1 late.2",
                 wrong[i]);
        check_said(expected);
    }
    assert_null(arg_vcpu("vcpu", "late.0"));
    check_said("vcpu: VM late is not made: vm create makes it");
}

/* A word longer than any name is no VM's, also of one whose name it begins with. */
static void a_long_word_is_refused(void **state)
{
    char word[200], name[48];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    configs[2].name = name;
    memset(word, 'a', sizeof word);
    memcpy(word + sizeof word - 3, ".0", 3);
    assert_null(arg_vcpu("vcpu", word));
    configs[2].name = "late";
    assert_non_null(strstr(said, "expected one of: web.0"));
}

static void a_number_has_bounds(void **state)
{
    uint64_t number;
    assert_true(arg_number("noise", "SECONDS", "60", 1, 60, &number));
    assert_int_equal(number, 60);
    assert_true(arg_number("noise", "SECONDS", "1", 1, 60, &number));
    assert_false(arg_number("noise", "SECONDS", "61", 1, 60, &number));
    check_said("noise: SECONDS = 61: expected a number from 1 to 60");
    assert_false(arg_number("noise", "SECONDS", "0", 1, 60, &number));
    check_said("noise: SECONDS = 0: expected a number from 1 to 60");
    assert_false(arg_number("noise", "SECONDS", "1s", 1, 60, &number));
    check_said("noise: SECONDS = 1s: expected a number from 1 to 60");
    assert_false(arg_number("noise", "SECONDS", NULL, 1, 60, &number));
    check_said("noise: SECONDS is missing: expected a number from 1 to 60");
}

/* All columns fit into the message. */
static void a_column_is_one_of_the_ledgers(void **state)
{
    enum ledger_column column;
    assert_true(arg_column("hist", "sbi.time", &column));
    assert_int_equal(column, LEDGER_SBI_TIME);
    assert_false(arg_column("hist", "sbi", &column));
    assert_non_null(strstr(said, "hist: COLUMN = sbi: expected one of: guest idle"));
    assert_string_equal(said + strlen(said) - strlen(ledger_column_name(LEDGER_COLUMNS - 1)),
                        ledger_column_name(LEDGER_COLUMNS - 1));
}

static void words_too_many_are_refused(void **state)
{
    struct words words = {.count = 3, .word = {"vm", "list", "all"}};
    assert_true(arg_end("vm list", &words, 3));
    assert_false(arg_end("vm list", &words, 2));
    check_said("vm list: all: expected nothing after list");
}

static void which_are_all_or_of_a_vm_or_one(void **state)
{
    struct which which;
    assert_true(which_parse("ledger", NULL, &which));
    assert_ptr_equal(which_vcpu(&which, 1), &web_vcpus[1]);
    assert_ptr_equal(which_vcpu(&which, 2), &rt_vcpus[0]);
    assert_null(which_vcpu(&which, 3));
    assert_true(which_parse("ledger", "rt.1", &which));
    assert_ptr_equal(which_vcpu(&which, 0), &rt_vcpus[0]);
    assert_null(which_vcpu(&which, 1));
    assert_true(which_parse("ledger", "web.1", &which));
    assert_ptr_equal(which.vm, &web);
    assert_ptr_equal(which_vcpu(&which, 0), &web_vcpus[1]);
    assert_null(which_vcpu(&which, 1));
    assert_false(which_parse("ledger", "web.7", &which));
    vms[0] = NULL; /* destroyed */
    said[0] = '\0';
    assert_true(which_parse("ledger", NULL, &which));
    assert_ptr_equal(which_vcpu(&which, 0), &rt_vcpus[0]);
}

static void a_vcpu_has_a_name(void **state)
{
    char name[WHICH_NAME];
    assert_string_equal(vcpu_name(&web_vcpus[1], name), "web.1");
    assert_null(vm_of_vcpu(&web_vcpus[2]));
}

/* A ledger that never stands still is not waited for without an end. */
static void a_reading_that_fails_is_repeated_some_times(void **state)
{
    unsigned tries = 0;
    readable = false;
    do {
        assert_null(which_read(&rt_vcpus[0]));
        tries++;
    } while (which_read_again(&rt_vcpus[0]));
    assert_int_equal(tries, 100);
    assert_int_equal(waits, 99);
    check_said("rt.1.0: its ledger changes too fast to be read as of one moment");
    assert_true(which_read_again(&rt_vcpus[0])); /* the next row has as many */
    readable = true;
    assert_non_null(which_read(&rt_vcpus[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_vm_has_a_name_and_a_number, start),
        cmocka_unit_test_setup(a_vm_that_is_not_there_is_named, start),
        cmocka_unit_test_setup(a_name_comes_before_a_number, start),
        cmocka_unit_test_setup(a_vcpu_is_named_after_its_vm, start),
        cmocka_unit_test_setup(a_vcpu_that_is_not_there_is_named, start),
        cmocka_unit_test_setup(a_long_word_is_refused, start),
        cmocka_unit_test_setup(a_number_has_bounds, start),
        cmocka_unit_test_setup(a_column_is_one_of_the_ledgers, start),
        cmocka_unit_test_setup(words_too_many_are_refused, start),
        cmocka_unit_test_setup(which_are_all_or_of_a_vm_or_one, start),
        cmocka_unit_test_setup(a_vcpu_has_a_name, start),
        cmocka_unit_test_setup(a_reading_that_fails_is_repeated_some_times, start),
    };
    return cmocka_run_group_tests_name("axshell/args", tests, NULL, NULL);
}
