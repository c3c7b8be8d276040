/* The UART driver against the UART that guests see, at the stride and width that the tree says. */
#include "fake_host.h"
#include "tree_file.h"
#include <axdevice/uart.h>
#include <axdriver/console.h>
#include <axdriver/host_uart.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BASE 0x10000100
static struct uart model;
static char sent[64];
static size_t sent_count;
static bool stuck; /* the transmitter never empties */

static enum err transmit(void *context, char byte)
{
    assert_true(sent_count < sizeof sent);
    sent[sent_count++] = byte;
    return OK;
}

static uint64_t set_irq(void *context, uint32_t source, bool level)
{
    return 0;
}

/* reg-shift 2, reg-io-width 4, as plic.dts has it. */
static uint64_t read_model(uint64_t at, unsigned width)
{
    uint64_t value = 0, offset = at - BASE;
    assert_int_equal(width, 4);
    assert_int_equal(offset % 4, 0);
    assert_int_equal(model.device.ops->read(&model.device, offset / 4, 1, &value), OK);
    return stuck && offset / 4 == 5 ? value & ~UINT64_C(0x60) : value;
}

static void write_model(uint64_t at, unsigned width, uint64_t value)
{
    uint64_t offset = at - BASE;
    assert_int_equal(width, 4);
    assert_int_equal(offset % 4, 0);
    assert_int_equal(model.device.ops->write(&model.device, offset / 4, 1, value), OK);
}

/* The firmware's console. */
static char typed[64];
static size_t typed_count, firmware_calls;

void firmware_console_write(const char *bytes, size_t count)
{
    assert_true(sent_count + count <= sizeof sent);
    memcpy(sent + sent_count, bytes, count);
    sent_count += count;
}

size_t firmware_console_read(char *bytes, size_t room)
{
    size_t count = typed_count < room ? typed_count : room;
    memcpy(bytes, typed, count);
    memmove(typed, typed + count, typed_count - count);
    typed_count -= count;
    firmware_calls++;
    return count;
}

static int start(void **state)
{
    const uint64_t harts[] = {9};
    fake_host_start(harts, 1);
    host.read = read_model;
    host.write = write_model;
    uart_init(&model, gpa(BASE), (struct irq_line){.set = set_irq}, transmit, NULL);
    sent_count = 0;
    stuck = false;
    return 0;
}

/* Before any other test: nothing was initialized yet. */
static void without_a_uart(void **state)
{
    char byte;
    assert_int_equal(host_uart_read(&byte, 1), 0);
    assert_int_equal(host_uart_enable_input(0, NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(host_uart_poll_input(NULL, NULL), ERR_NOT_FOUND);
    host.map_result = ERR_NO_MEMORY;
    console_init(tree_open("plic"));
    assert_null(host.sink);
    assert_string_equal(host.log, "console: no memory to map the UART at 0x10000100; "
                                  "it stays the firmware's");
}

static void console_goes_over(void **state)
{
    console_init(tree_open("plic"));
    assert_ptr_equal(host.sink, host_uart_write);
    assert_int_equal(host.mapped[0].base, BASE);
    assert_int_equal(model.fcr, 1);
    assert_int_equal(model.ier, 0);
    host.sink("hello\r\n", 7);
    assert_int_equal(sent_count, 7);
    assert_memory_equal(sent, "hello\r\n", 7);
}

static void sends_more_than_the_fifo(void **state)
{
    static const char text[] = "a line that is longer than a FIFO of sixteen";
    console_init(tree_open("plic"));
    host_uart_write(text, sizeof text - 1);
    assert_int_equal(sent_count, sizeof text - 1);
    assert_memory_equal(sent, text, sizeof text - 1);
    host_uart_write(text, 0);
    assert_int_equal(sent_count, sizeof text - 1);
}

static void stuck_transmitter_does_not_hang(void **state)
{
    console_init(tree_open("plic"));
    stuck = true;
    host_uart_write("lost", 4);
    assert_int_equal(sent_count, 0);
    stuck = false;
    host_uart_write("kept", 4);
    assert_int_equal(sent_count, 4);
}

/* For callers that do not wait. The interrupt comes as long as there is room and it is wanted, and
 * does not take the input's away. */
static void calls_when_there_is_room(void **state)
{
    console_init(tree_open("plic"));
    host_uart_let_input(true);
    stuck = true;
    assert_int_equal(host_uart_sender()("later", 5), 0);
    host_uart_call_for_room(true);
    assert_true(host_uart_calls_for_room());
    assert_int_equal(model.ier, 3);
    assert_true(model.irq_level);
    stuck = false;
    assert_int_equal(host_uart_sender()("later, and more than a FIFO", 27), 27);
    assert_memory_equal(sent, "later, and more than a FIFO", 27);
    assert_true(model.irq_level); /* empty again */
    host_uart_let_input(false);
    assert_int_equal(model.ier, 2);
    host_uart_call_for_room(false);
    assert_false(host_uart_calls_for_room());
    assert_false(model.irq_level);
}

static void reads_what_is_there(void **state)
{
    char bytes[8];
    console_init(tree_open("plic"));
    assert_int_equal(host_uart_read(bytes, sizeof bytes), 0);
    assert_int_equal(uart_receive(&model, "0123456789", 10), 10);
    assert_int_equal(host_uart_read(bytes, sizeof bytes), 8);
    assert_memory_equal(bytes, "01234567", 8);
    assert_int_equal(host_uart_read(bytes, sizeof bytes), 2);
    assert_memory_equal(bytes, "89", 2);
}

/* Without a controller its interrupt stays off. */
static void input_needs_a_controller(void **state)
{
    console_init(tree_open("plic"));
    assert_int_equal(host_uart_enable_input(0, NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(model.ier, 0);
}

static size_t looks;

static void look(void *context)
{
    char bytes[4];
    assert_ptr_equal(context, &looks);
    looks++;
    (void)host_uart_read(bytes, sizeof bytes);
}

/* Last: polling never ends. It looks for what is waited for, and soon again while something comes
 * or waits for room. */
static void firmware_is_a_console_that_is_polled(void **state)
{
    char byte;
    host_uart_use_firmware();
    assert_int_equal(host_uart_sender()("a line longer than a FIFO", 25), 16);
    assert_memory_equal(sent, "a line longer th", 16);
    host_uart_write("an FIFO\r\n", 9);
    assert_int_equal(sent_count, 25);
    assert_int_equal(host_uart_enable_input(0, look, &looks), ERR_NOT_FOUND);
    assert_int_equal(host_uart_poll_input(look, &looks), OK);
    assert_false(host_uart_poll());
    assert_int_equal(looks, 1);
    memcpy(typed, "help\r", typed_count = 5);
    assert_true(host_uart_poll());
    assert_int_equal(host_uart_read(&byte, 1), 1);
    assert_int_equal(byte, '\r');
    host_uart_let_input(false);
    assert_false(host_uart_poll());
    assert_int_equal(looks, 2);
    host_uart_call_for_room(true);
    assert_true(host_uart_poll());
    assert_int_equal(looks, 3);
    host_uart_call_for_room(false);
    assert_false(host_uart_poll());
    assert_int_equal(looks, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_uart, start),
        cmocka_unit_test_setup(console_goes_over, start),
        cmocka_unit_test_setup(sends_more_than_the_fifo, start),
        cmocka_unit_test_setup(stuck_transmitter_does_not_hang, start),
        cmocka_unit_test_setup(calls_when_there_is_room, start),
        cmocka_unit_test_setup(reads_what_is_there, start),
        cmocka_unit_test_setup(input_needs_a_controller, start),
        cmocka_unit_test_setup(firmware_is_a_console_that_is_polled, start),
    };
    return cmocka_run_group_tests_name("axdriver uart", tests, NULL, NULL);
}
