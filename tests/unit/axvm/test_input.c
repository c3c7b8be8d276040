/*
 * What is typed on its way to a guest or to the shell, over a host's UART that is a string here,
 * and a real UART of the guest.
 */
#include <axdriver/host_uart.h>
#include <axhal/platform.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OPENER 0x05
#define PIECES 10 /* of patience, 50 ms each */

static struct platform machine = {.timebase = 1000000};
static struct vm_config config = {.name = "linux"};
static struct vm vm;
static struct vm *focus;
struct vm *vms[VM_MAX];
uint32_t vm_count;
enum log_level log_level = LOG_LEVEL_TRACE;

/* Of the host's UART. */
static char typed[4096];
static size_t typed_count, typed_at;
static bool input_on, calls_for_room, can_interrupt, can_poll;
static void (*handler)(void *context);

static struct hart_timer *timers[2];
static struct chore *ready;
static unsigned turns; /* steps of chores in the last turn */
static bool held, in_lines;
static unsigned opened, warnings, polls_on;
static char commands[64];
static size_t command_count, read_at_command; /* of the host's UART */
static enum console_left left;
static unsigned served;
static const struct console_feed *feed_set;

const struct platform *platform(void)
{
    return &machine;
}

size_t host_uart_read(char *bytes, size_t room)
{
    size_t count = typed_count - typed_at < room ? typed_count - typed_at : room;
    memcpy(bytes, typed + typed_at, count);
    typed_at += count;
    return count;
}

void host_uart_let_input(bool on)
{
    input_on = on;
}

bool host_uart_calls_for_room(void)
{
    return calls_for_room;
}

void host_uart_call_for_room(bool on)
{
    calls_for_room = on;
}

host_uart_send_t host_uart_sender(void)
{
    return NULL;
}

enum err host_uart_enable_input(uint32_t hart_index, void (*handle)(void *context), void *context)
{
    handler = handle;
    return can_interrupt ? OK : ERR_NOT_FOUND;
}

enum err host_uart_poll_input(void (*handle)(void *context), void *context)
{
    handler = handle;
    return can_poll ? OK : ERR_NOT_FOUND;
}

enum err vm_console_poll_on(struct hart *hart)
{
    polls_on++;
    return OK;
}

struct hart *vm_choose_housekeeper(bool (*take)(struct hart *hart))
{
    static struct hart hart;
    return take(&hart) ? &hart : NULL;
}

void hart_timer_set(struct hart_timer *timer, uint64_t deadline)
{
    timer->deadline = deadline;
    timers[timers[0] != NULL && timers[0] != timer] = timer;
}

void chore_add(struct chore *chore)
{
    if (chore->ready)
        return;
    chore->ready = true;
    chore->next = ready;
    ready = chore;
}

void chores_run(void)
{
    turns = 0;
    while (ready != NULL) {
        struct chore *chore = ready;
        ready = chore->next;
        chore->ready = false;
        while (chore->step(chore))
            assert_true(++turns < 2 * sizeof typed);
    }
}

enum console_left console_serve(void)
{
    served++;
    return left;
}

void console_set_source(void (*pour)(void)) {}

void console_set_feed(const struct console_feed *feed)
{
    feed_set = feed;
}

void vm_console_pour(void) {}
void vm_watch_start(void) {}
void vm_watch_go_on(void) {}

struct vm *vm_console_focus(void)
{
    return focus;
}

void vm_console_set_focus(struct vm *to)
{
    focus = to;
}

void vm_console_in_lines(bool wanted)
{
    in_lines = wanted;
}

void vm_hold_machine(bool wanted)
{
    held = wanted;
}

void log_line(enum log_level level, const char *format, ...)
{
    assert_int_equal(level, LOG_LEVEL_WARN);
    warnings++;
}

static void open_shell(void)
{
    opened++;
}

static void take_command(char byte)
{
    commands[command_count++] = byte;
    read_at_command = typed_at;
    if (byte == 'x')
        vm_console_close();
}

static const struct vm_console_shell shell = {open_shell, take_command};

static uint64_t set_line(void *context, uint32_t source, bool level)
{
    return 0;
}

static int start(void **state)
{
    struct irq_line line = {.set = set_line};
    vm_console_close(); /* as the last test may have left it */
    vm = (struct vm){.config = &config};
    uart_init(&vm.uart, gpa(0x10000000), line, NULL, &vm);
    vm.uart.drained = vm_console_drained;
    vms[0] = NULL;
    vms[1] = &vm;
    vm_count = 2;
    focus = NULL;
    typed_count = typed_at = 0;
    input_on = can_interrupt = true;
    can_poll = calls_for_room = held = in_lines = false;
    opened = warnings = polls_on = served = 0;
    command_count = 0;
    left = CONSOLE_NOTHING;
    feed_set = NULL;
    memset(timers, 0, sizeof timers);
    vm_console_init(&shell, OPENER);
    return 0;
}

static void type(const char *bytes, size_t count)
{
    memcpy(typed + typed_count, bytes, count);
    typed_count += count;
    handler(NULL);
}

static void type_word(const char *word)
{
    type(word, strlen(word));
}

static void check_guest_got(const char *expected)
{
    char byte;
    for (; *expected != '\0'; expected++) {
        assert_true(uart_take(&vm.uart, &byte));
        assert_int_equal(byte, *expected);
    }
    while (uart_take(&vm.uart, &byte))
        assert_int_equal(byte, '\0');
}

/* More is typed than fits. Returns what the guest's UART took. */
static size_t fill(void)
{
    static char many[512];
    size_t before = typed_at;
    memset(many, 'm', sizeof many);
    type(many, sizeof many);
    assert_int_equal(uart_room(&vm.uart), 0);
    assert_in_range(typed_at - before, UART_LINE_SIZE, sizeof many - 1);
    return typed_at - before;
}

static void the_first_vm_gets_what_is_typed(void **state)
{
    assert_ptr_equal(focus, &vm);
    assert_non_null(feed_set);
    type_word("hello");
    check_guest_got("hello");
    assert_int_equal(vm_console_lost_input(), 0);
}

/* In one read: what is before the escape is the guest's, what follows the shell's until it closes.
 */
static void the_escape_divides_what_is_typed(void **state)
{
    type_word("ab\x05"
              "vm\x05x"
              "cd");
    assert_int_equal(opened, 1);
    assert_memory_equal(commands, "vm\x05x", 4);
    assert_int_equal(command_count, 4);
    check_guest_got("abcd");
    assert_false(held || in_lines);
}

static void the_open_shell_holds_the_machine(void **state)
{
    type_word("\x05");
    assert_true(held && in_lines);
    assert_int_equal(opened, 1);
    assert_true(vm_console_type('y'));
    check_guest_got("y");
    type_word("x for the guest"); /* the shell reads no further than its own bytes */
    assert_int_equal(read_at_command, 2);
    check_guest_got(" for the guest");
}

/* What does not fit stays where it is, and the input is off so long. */
static void a_full_guest_is_waited_for(void **state)
{
    size_t room = fill();
    assert_false(input_on);
    assert_non_null(timers[0]);
    assert_int_equal(timers[0]->deadline, fake_csr.time + 50000);

    char byte;
    for (size_t i = 0; i < room; i++)
        assert_true(uart_take(&vm.uart, &byte));
    assert_true(input_on); /* the guest has taken all */
    handler(NULL);
    assert_int_equal(typed_at, 512);
    assert_int_equal(vm_console_lost_input(), 0);
}

/* After the patience's last piece what is typed is lost, so that the escape can be read. */
static void a_guest_that_takes_nothing_does_not_hide_the_escape(void **state)
{
    uint64_t lost = vm_console_lost_input();
    size_t room = fill();
    for (unsigned i = 1; i < PIECES; i++) {
        timers[0]->fire(timers[0]);
        assert_false(input_on);
    }
    timers[0]->fire(timers[0]);
    assert_true(input_on);
    handler(NULL);
    assert_true(input_on); /* it is not waited for anew */
    type_word("\x05q");
    assert_int_equal(typed_at, typed_count);
    assert_int_equal(opened, 1);
    assert_memory_equal(commands, "q", 1);
    assert_int_equal(vm_console_lost_input() - lost, 512 - room);

    /* It takes something: from now on it is waited for again. */
    char byte;
    vm_console_close();
    while (uart_take(&vm.uart, &byte))
        ;
    lost = vm_console_lost_input();
    fill();
    assert_false(input_on);
    assert_int_equal(vm_console_lost_input(), lost);
}

static void without_a_vm_all_is_lost_but_the_escape(void **state)
{
    uint64_t lost = vm_console_lost_input();
    focus = NULL;
    type_word("abc\x05h");
    assert_int_equal(opened, 1);
    assert_memory_equal(commands, "h", 1);
    assert_int_equal(vm_console_lost_input() - lost, 3);
    assert_false(vm_console_type('y'));
}

static void no_escape_is_a_byte_like_others(void **state)
{
    vm_console_init(&shell, (char)VM_NO_ESCAPE);
    type("\x05z", 3); /* with its 0 */
    assert_int_equal(opened, 0);
    check_guest_got("\x05z");
}

/* Output is shown where the UART called for room; what another hart keeps is looked at again. */
static void output_is_shown_when_there_is_room(void **state)
{
    handler(NULL);
    assert_int_equal(served, 0);
    calls_for_room = true;
    left = CONSOLE_TAKEN;
    handler(NULL);
    assert_int_equal(served, 1);
    assert_int_equal(timers[0]->deadline, fake_csr.time + 1000);
    left = CONSOLE_NOTHING;
    timers[0]->fire(timers[0]);
    assert_int_equal(served, 2);
}

static void a_uart_that_can_not_interrupt_is_polled(void **state)
{
    can_interrupt = false;
    can_poll = true;
    feed_set = NULL;
    vm_console_init(&shell, OPENER);
    assert_int_equal(polls_on, 1);
    assert_int_equal(warnings, 0);
    assert_non_null(feed_set);
}

static void without_any_input_the_user_is_warned(void **state)
{
    can_interrupt = false;
    feed_set = NULL;
    vm_console_init(&shell, OPENER);
    assert_int_equal(warnings, 1);
    assert_int_equal(polls_on, 0);
    assert_null(feed_set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_vm_gets_what_is_typed, start),
        cmocka_unit_test_setup(the_escape_divides_what_is_typed, start),
        cmocka_unit_test_setup(the_open_shell_holds_the_machine, start),
        cmocka_unit_test_setup(a_full_guest_is_waited_for, start),
        cmocka_unit_test_setup(a_guest_that_takes_nothing_does_not_hide_the_escape, start),
        cmocka_unit_test_setup(without_a_vm_all_is_lost_but_the_escape, start),
        cmocka_unit_test_setup(no_escape_is_a_byte_like_others, start),
        cmocka_unit_test_setup(output_is_shown_when_there_is_room, start),
        cmocka_unit_test_setup(a_uart_that_can_not_interrupt_is_polled, start),
        cmocka_unit_test_setup(without_any_input_the_user_is_warned, start),
    };
    return cmocka_run_group_tests_name("axvm/input", tests, NULL, NULL);
}
