/* What VMs have written, on its way to the terminal: from which VM, in what order, and no byte
 * lost. */
#include <axhal/firmware.h>
#include <axhal/time.h>
#include <axlog/console.h>
#include <axvm/console.h>
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VMS 3

static struct vm_config configs[VMS] = {{.name = "one"}, {.name = "two"}, {.name = "three"}};
static struct vm machines[VMS];
static char kept[VMS][VM_OUTPUT_SIZE];
struct vm *vms[VM_MAX];

static char shown[4 * VM_OUTPUT_SIZE];
static size_t shown_size;
static bool other_has_it;       /* the console's lock */
static void (*meanwhile)(void); /* what another hart does before it is tried, once */

static struct hart hart;

bool spin_try_lock(struct spinlock *lock)
{
    fake_csr.time++;
    if (strcmp(lock->name, "console") != 0) {
        spin_lock(lock);
        return true;
    }
    void (*other)(void) = meanwhile;
    meanwhile = NULL;
    if (other != NULL)
        other();
    if (other_has_it)
        return false;
    spin_lock(lock);
    return true;
}

bool spin_lock_bounded(struct spinlock *lock, uint32_t spins)
{
    return spin_try_lock(lock);
}

static struct platform machine = {.timebase = 1000};

const struct platform *platform(void)
{
    return &machine;
}

void firmware_console_write(const char *bytes, size_t count)
{
    assert_true(shown_size + count < sizeof shown);
    memcpy(shown + shown_size, bytes, count);
    shown_size += count;
    shown[shown_size] = '\0';
}

struct vm *vm_list_next_living(uint32_t index)
{
    for (uint32_t i = 1; i <= VMS; i++)
        if (machines[(index + i) % VMS].life == VM_LIVES)
            return &machines[(index + i) % VMS];
    return NULL;
}

/* What the housekeeper does while a VM's end waits for it. */
void vm_rest(void)
{
    fake_csr.time += 1;
    if (!other_has_it)
        console_pull();
}

static int setup(void **state)
{
    fake_hart = &hart;
    other_has_it = false;
    for (uint32_t i = 0; i < VMS; i++) {
        machines[i] = (struct vm){.config = &configs[i], .index = i, .life = VM_LIVES};
        machines[i].output.bytes = kept[i];
        vms[i] = &machines[i];
    }
    console_set_source(vm_console_pour);
    vm_console_set_focus(&machines[0]);
    vm_console_in_lines(false);
    other_has_it = true;
    assert_int_equal(vm_console_write_byte(&machines[0], '\n'), OK);
    other_has_it = false;
    console_pull(); /* the next in turn is VM 1 */
    shown_size = 0;
    return 0;
}

static void write(uint32_t vm, const char *text)
{
    assert_int_equal(vm_console_write(&machines[vm], text, strlen(text)), strlen(text));
}

static void assert_shown(const char *expected)
{
    assert_string_equal(shown_size > 0 ? shown : "", expected);
    shown_size = 0;
}

static void the_focus_is_shown_as_it_writes(void **state)
{
    write(0, "a\r\nlog");
    assert_int_equal(vm_console_write_byte(&machines[0], 'i'), OK);
    write(0, "n: ");
    assert_shown("a\r\nlogin: ");
}

static void others_in_labelled_lines(void **state)
{
    write(1, "be");
    write(2, "two\r\nlines\r\n");
    write(1, "gins\r\nand");
    assert_shown("[three] two\r\n[three] lines\r\n[two] begins\r\n");
    vm_console_flush(&machines[1]);
    assert_shown("[two] and\r\n");
}

static void a_long_line_in_pieces(void **state)
{
    char line[2 * VM_LINE_SIZE + 2], expected[2 * VM_LINE_SIZE + 64];
    memset(line, 'x', sizeof line);
    line[2 * VM_LINE_SIZE] = '\n';
    line[2 * VM_LINE_SIZE + 1] = '\0';
    write(1, line);
    snprintf(expected, sizeof expected, "[two] %.120s\r\n[two] %.120s\r\n", line, line);
    assert_shown(expected);
}

/* One that does not have the keyboard can neither write into another's line nor hide what follows.
 */
static void controls_of_others_are_made_visible(void **state)
{
    write(1, "\x1b[1A\x1b[G[one] FORGED\n\x1b_hidden\n");
    write(1, "\xc2\x9b"
             "1A\x9d\r\r\n\rgr\xc3\xbc\xc3\x9f\rover\r\n");
    assert_shown("[two] ^[[1A^[[G[one] FORGED\r\n[two] ^[_hidden\r\n[two] \\x9b1A\\x9d\r\n"
                 "[two] gr\xc3\xbc\xc3\x9f^Mover\r\n");
}

static void a_character_is_not_cut_by_a_long_line(void **state)
{
    char line[VM_LINE_SIZE + 8], expected[2 * sizeof line + 32];
    memset(line, 'x', sizeof line);
    strcpy(line + VM_LINE_SIZE - 1, "\xe2\x82\xacy\n");
    write(1, line);
    snprintf(expected, sizeof expected, "[two] %.119s\r\n[two] \xe2\x82\xacy\r\n", line);
    assert_shown(expected);
}

#define CLOSED "\x18\x1b\\\x0f\x1b(B\x1b[m"

/* What the one with the keyboard has begun ends where another has the terminal. */
static void what_was_left_open_is_closed(void **state)
{
    static const char *const begun[] = {"\x1b[3", "\x1b_", "\x1bP", "\x1b]0;",  "\x1b^",
                                        "\x1bX",  "\x0e",  "\x9b",  "\xc2\x9b", "\x1b"};
    for (size_t i = 0; i < sizeof begun / sizeof begun[0]; i++) {
        char expected[64];
        setup(state);
        write(0, begun[i]);
        vm_console_in_lines(true);
        snprintf(expected, sizeof expected, "%s" CLOSED, begun[i]);
        assert_shown(expected);
        vm_console_in_lines(false);
        shown_size = 0;
        vm_console_set_focus(&machines[1]); /* what it had begun was shown again */
        assert_shown(CLOSED);
        vm_console_set_focus(&machines[2]); /* and this one has opened nothing */
        assert_shown("");
    }
    setup(state);
    write(0, "\x1b[31m\n");
    vm_console_set_focus(&machines[1]);
    assert_shown("\x1b[31m\n" CLOSED);
    vm_console_set_focus(&machines[0]);
    shown_size = 0;
    write(0, "plain\n");
    vm_console_in_lines(true);
    assert_shown("plain\n");
}

/* However long ago it was, and not if there is none. */
static void what_is_long_open_is_closed(void **state)
{
    static char many[VM_OUTPUT_SIZE];
    memset(many, 'm', sizeof many);
    write(0, "\x1b_");
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned j = 0; j < 200; j++)
            (void)vm_console_write(&machines[0], many, 256);
        shown_size = 0;
        vm_console_in_lines(true);
        assert_shown(i == 0 ? CLOSED : "");
        vm_console_in_lines(false);
        shown_size = 0;
    }
}

static void a_failed_vm_hides_nothing(void **state)
{
    write(0, "\x1bPhidden");
    machines[0].life = VM_LEAVES;
    vm_console_flush(&machines[0]);
    assert_shown("\x1bPhidden" CLOSED);
}

/* The lock is another's: what they write waits, and the hart that has it shows each in its order.
 */
static void what_waited_is_shown_in_turn(void **state)
{
    other_has_it = true;
    write(2, "3a\n3b\n");
    write(0, "1a\r\n");
    write(1, "2a\n2b\n");
    assert_shown("");
    other_has_it = false;
    console_write("log\r\n", 5);
    assert_shown("log\r\n[two] 2a\r\n[three] 3a\r\n1a\r\n[two] 2b\r\n[three] 3b\r\n");
}

/* Of the VM that has the keyboard: more than is shown at once, and another one has its turn
 * between. */
static void lines_are_not_broken(void **state)
{
    char line[62], expected[6 * sizeof line] = "log\r\n[two] 2a\r\n";
    memset(line, 'x', sizeof line);
    strcpy(line + sizeof line - 2, "\n");
    other_has_it = true;
    for (uint32_t i = 0; i < 4; i++) {
        write(0, line);
        strcat(expected, i == 3 ? "[two] 2b\r\n" : "");
        strcat(expected, line);
    }
    write(1, "2a\n2b\n");
    other_has_it = false;
    console_write("log\r\n", 5);
    assert_shown(expected);
}

static void another_vcpu_writes(void)
{
    /* it shows the first one's byte, too */
    assert_int_equal(vm_console_write_byte(&machines[0], '2'), OK);
    output_keep(&machines[0].output, "3", 1); /* its next one, for which it has no lock yet */
}

static void a_byte_that_another_vcpu_shows_is_shown_once(void **state)
{
    meanwhile = another_vcpu_writes;
    assert_int_equal(vm_console_write_byte(&machines[0], '1'), OK);
    assert_shown("123");
}

static void a_call_reads_what_was_typed(void **state)
{
    char bytes[8] = "";
    assert_int_equal(vm_console_read(&machines[0], bytes, sizeof bytes), 0);
    assert_int_equal(uart_receive(&machines[0].uart, "typed", 5), 5);
    assert_int_equal(vm_console_read(&machines[0], bytes, 2), 2);
    assert_int_equal(vm_console_read(&machines[0], bytes + 2, sizeof bytes - 2), 3);
    assert_string_equal(bytes, "typed");
}

/* It has written all that there is room for, and the lock's holder does not come. */
static void a_full_ring_takes_the_rest_later(void **state)
{
    static char many[VM_OUTPUT_SIZE];
    memset(many, 'm', sizeof many);
    other_has_it = true;
    write(0, "begin");
    assert_int_equal(vm_console_write(&machines[0], many, sizeof many), VM_OUTPUT_SIZE - 5);
    uint64_t before = fake_csr.time;
    assert_int_equal(vm_console_write(&machines[0], "again", 5), 0);
    assert_int_equal(vm_console_write_byte(&machines[0], 'l'), ERR_AGAIN); /* and again … */
    assert_in_range(fake_csr.time - before, 0, 20);                        /* at once */
    fake_csr.time = before + 9000;
    assert_int_equal(vm_console_write_byte(&machines[0], 'l'), ERR_AGAIN);
    fake_csr.time = before + 11000; /* … for ten seconds without any room */
    assert_int_equal(vm_console_write_byte(&machines[0], 'l'), ERR_TIMEOUT);
    assert_int_equal(vm_console_write_byte(&machines[0], 'l'), ERR_TIMEOUT);
    write(1, "another's\n"); /* is held back by nothing */
    other_has_it = false;
    write(0, "end");
    /* another's line begins on its own */
    assert_int_equal(shown_size, strlen("\r\n[two] another's\r\n") + VM_OUTPUT_SIZE + 3);
    assert_memory_equal(shown, "beginm", 6);
    assert_non_null(strstr(shown, "[two] another's\r\n"));
    assert_memory_equal(shown + shown_size - 4, "mend", 4);
}

static void the_end_of_a_vm_shows_all_of_it(void **state)
{
    other_has_it = true;
    write(0, "half");
    write(1, "a line\nand a half");
    other_has_it = false;
    vm_console_flush(&machines[1]);
    assert_shown("[two] a line\r\nhalf\r\n[two] and a half\r\n");
    machines[0].life = VM_LEAVES;
    vm_console_flush(&machines[0]);
    vm_console_leave(&machines[0]);
    assert_shown("hv: VM one has ended; the keyboard is VM two's now\r\n");
    assert_ptr_equal(vm_console_focus(), &machines[1]);
}

static void all_in_lines_while_the_shell_is_open(void **state)
{
    write(0, "# ");
    vm_console_in_lines(true);
    write(0, "ls\r\n");
    vm_console_in_lines(false);
    write(0, "# ");
    assert_shown("# \r\n[one] # ls\r\n# ");
    vm_console_in_lines(true);
    vm_console_in_lines(false);
    assert_shown("\r\n# ");
}

/* What is shown again after `text`, in a ring of which `before` bytes are used. */
static void assert_shown_again(void **state, size_t before, const char *text)
{
    const char *end = strrchr(text, '\n'), *line = end != NULL ? end + 1 : text;
    char expected[64];
    setup(state);
    for (size_t i = 0; i < before; i++)
        write(0, "\n");
    write(0, text);
    vm_console_in_lines(true);
    shown_size = 0;
    vm_console_in_lines(false);
    snprintf(expected, sizeof expected, "%s%s", *line != '\0' ? "\r\n" : "", line);
    assert_shown(expected);
}

/* Wherever its words begin, and also of bytes that differ from an end of a line in one bit. */
static void the_line_that_has_begun_is_shown_again(void **state)
{
    for (size_t before = 0; before < 8; before++)
        for (size_t size = 1; size <= 26; size++)
            for (size_t end = 0; end < size; end++) {
                char text[32] = {0};
                memset(text, '\v', size);
                assert_shown_again(state, before, text);
                text[end / 2] = text[end] = '\n';
                assert_shown_again(state, before, text);
            }
}

/* The last test: there is no way back. In frames each byte is there as it was written. */
static void frames_for_logs(void **state)
{
    configs[2].name = "a-name-as-long-as-any-can-be-0123456789-and-more";
    vm_console_add_logs("0123456789abcdef0123456789ABCDEF", VM_LOG_KEY_SIZE);
    write(2, "long");
    assert_shown("\x1b_0123456789abcdef0123456789ABCDEF a-name-as-long-as-any-can-be-0123456789-;"
                 "4;long\x1b\\");
    vm_console_add_logs("KEY", sizeof "KEY"); /* and its end */
    write(1, "a\r\nb");
    assert_shown("[two] a\r\n\x1b_KEY two;3;a\r\n\x1b\\\x1b_KEY two;1;b\x1b\\");
    write(0, "1");
    assert_shown("1\x1b_KEY one;1;1\x1b\\");
    vm_console_flush(&machines[1]);
    assert_shown("\r\n[two] b\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_focus_is_shown_as_it_writes, setup),
        cmocka_unit_test_setup(others_in_labelled_lines, setup),
        cmocka_unit_test_setup(a_long_line_in_pieces, setup),
        cmocka_unit_test_setup(controls_of_others_are_made_visible, setup),
        cmocka_unit_test_setup(a_character_is_not_cut_by_a_long_line, setup),
        cmocka_unit_test_setup(what_was_left_open_is_closed, setup),
        cmocka_unit_test_setup(what_is_long_open_is_closed, setup),
        cmocka_unit_test_setup(a_failed_vm_hides_nothing, setup),
        cmocka_unit_test_setup(what_waited_is_shown_in_turn, setup),
        cmocka_unit_test_setup(lines_are_not_broken, setup),
        cmocka_unit_test_setup(a_byte_that_another_vcpu_shows_is_shown_once, setup),
        cmocka_unit_test_setup(a_call_reads_what_was_typed, setup),
        cmocka_unit_test_setup(a_full_ring_takes_the_rest_later, setup),
        cmocka_unit_test_setup(the_end_of_a_vm_shows_all_of_it, setup),
        cmocka_unit_test_setup(all_in_lines_while_the_shell_is_open, setup),
        cmocka_unit_test_setup(the_line_that_has_begun_is_shown_again, setup),
        cmocka_unit_test_setup(frames_for_logs, setup),
    };
    return cmocka_run_group_tests_name("axvm/console", tests, NULL, NULL);
}
