/* The UART, driven as Linux's 8250 driver and a polling boot loader drive it. */
#include "guest.h"
#include <axdevice/uart.h>
#include <string.h>

enum {
    RBR,
    THR = 0,
    DLL = 0,
    IER = 1,
    DLM = 1,
    IIR = 2,
    FCR = 2,
    LCR = 3,
    MCR = 4,
    LSR = 5,
    MSR = 6,
    SCR = 7
};
enum { RDI = 1, THRI = 2, RLSI = 4, MSI = 8 };
enum { NO_INT = 1, FIFOS = 0xc0, LOOP = 0x10 };
#define VCPUS 6 /* a set of them, for the controller */

struct machine {
    struct uart uart;
    bool line;
    bool irq; /* the line, as the vCPU that was notified has seen it */
    char sent[64];
    size_t sent_count;
    enum err refuses; /* a byte that is sent */
};
static struct machine m;

static uint64_t set_irq(void *context, uint32_t source, bool level)
{
    assert_ptr_equal(context, &m);
    assert_int_equal(source, 10);
    assert_true(spin_held(&m.uart.lock)); /* or an older level could come last */
    m.line = level;
    return VCPUS;
}

/* A vCPU that is notified may come to the UART at once. */
static void tell(void *context, uint64_t vcpus)
{
    assert_ptr_equal(context, &m);
    assert_int_equal(vcpus, VCPUS);
    assert_false(spin_held(&m.uart.lock));
    m.irq = m.line;
}

static enum err transmit(void *context, char byte)
{
    assert_ptr_equal(context, &m);
    assert_false(spin_held(&m.uart.lock)); /* input does not wait for it */
    if (m.refuses != OK)
        return m.refuses;
    assert_true(m.sent_count < sizeof m.sent);
    m.sent[m.sent_count++] = byte;
    return OK;
}

static int start(void **state)
{
    m = (struct machine){0};
    uart_init(&m.uart, gpa(0x10000000),
              (struct irq_line){.set = set_irq, .tell = tell, .context = &m, .source = 10},
              transmit, &m);
    return 0;
}

static uint64_t get(uint64_t offset)
{
    return guest_read(&m.uart.device, offset, 1);
}

static void put(uint64_t offset, uint64_t value)
{
    guest_write(&m.uart.device, offset, 1, value);
}

static size_t type(const char *text)
{
    return uart_receive(&m.uart, text, strlen(text));
}

static void boot_loader_polls(void **state)
{
    put(IER, 0);
    put(LCR, 0x83);
    put(DLL, 2);
    put(DLM, 1);
    assert_int_equal(get(DLL), 2);
    assert_int_equal(get(DLM), 1);
    put(LCR, 3);
    put(FCR, 7);
    assert_int_equal(get(IER), 0); /* DLM was another register */
    assert_int_equal(get(LSR), 0x60);
    put(THR, 'h');
    assert_int_equal(get(LSR), 0x60);
    put(THR, 'i');
    assert_int_equal(m.sent_count, 2);
    assert_memory_equal(m.sent, "hi", 2);
    assert_int_equal(type("ok"), 2);
    assert_int_equal(get(LSR), 0x61);
    assert_int_equal(get(RBR), 'o');
    assert_int_equal(get(RBR), 'k');
    assert_int_equal(get(LSR), 0x60);
    assert_false(m.irq);
}

/* No room on the way out: the store is repeated. What is lost for good is the guest's no more than
 * with a wire that is cut. */
static void a_byte_without_room_is_stored_again(void **state)
{
    m.refuses = ERR_AGAIN;
    assert_int_equal(m.uart.device.ops->write(&m.uart.device, 0, 1, 'a'), ERR_AGAIN);
    m.refuses = ERR_TIMEOUT;
    assert_int_equal(m.uart.device.ops->write(&m.uart.device, 0, 1, 'a'), OK);
    m.refuses = OK;
    assert_int_equal(m.uart.device.ops->write(&m.uart.device, 0, 1, 'a'), OK);
    assert_int_equal(m.sent_count, 1);
}

/* Linux autoconfig(): the IER's bits, the modem lines in loopback, then the type by the FIFO. */
static void linux_autoconfig(void **state)
{
    put(IER, 0);
    assert_int_equal(get(IER), 0);
    put(IER, 0x0f);
    assert_int_equal(get(IER), 0x0f);
    put(IER, 0xff);
    assert_int_equal(get(IER), 0x0f);
    put(IER, 0);
    put(MCR, LOOP | 0x0a);
    assert_int_equal(get(MSR) & 0xf0, 0x90);
    put(MCR, 0);
    put(FCR, 0);
    assert_int_equal(get(IIR) >> 6, 0);
    put(FCR, 1);
    assert_int_equal(get(IIR), FIFOS | NO_INT);
    put(FCR, 0x21); /* no 64-byte FIFO */
    assert_int_equal(get(IIR), FIFOS | NO_INT);
    put(SCR, 0xa5);
    assert_int_equal(get(SCR), 0xa5);
}

/* serial8250_do_startup(): enabling THRI raises it every time; reading the IIR takes it. */
static void linux_thre_test(void **state)
{
    put(FCR, 1);
    put(IER, THRI);
    assert_true(m.irq);
    assert_int_equal(get(IIR), FIFOS | 2);
    assert_false(m.irq);
    assert_int_equal(get(IIR), FIFOS | NO_INT);
    put(IER, 0);
    put(IER, THRI);
    assert_true(m.irq);
    put(IER, 0);
    assert_false(m.irq);
    put(IER, THRI);
    assert_int_equal(get(IIR), FIFOS | 2);
    put(IER, THRI); /* no edge, no interrupt */
    assert_int_equal(get(IIR), FIFOS | NO_INT);
}

static void linux_sends_by_interrupt(void **state)
{
    put(FCR, 1);
    put(IER, RDI | THRI);
    for (int round = 0; round < 2; round++) {
        assert_true(m.irq);
        assert_int_equal(get(IIR), FIFOS | 2);
        assert_false(m.irq);
        for (int i = 0; i < 16; i++)
            put(THR, 'a' + (uint64_t)i);
    }
    assert_int_equal(m.sent_count, 32);
    put(IER, RDI);
    assert_false(m.irq);
}

static void trigger_and_timeout(void **state)
{
    put(FCR, 0x81); /* trigger at 8 */
    type("1234567");
    assert_false(m.irq); /* not enabled */
    put(IER, RDI);
    assert_true(m.irq);
    assert_int_equal(get(IIR), FIFOS | 0xc);
    type("8");
    assert_int_equal(get(IIR), FIFOS | 4);
    for (int c = '1'; c <= '8'; c++) {
        assert_true(m.irq);
        assert_int_equal(get(RBR), c);
    }
    assert_false(m.irq);
    assert_int_equal(get(IIR), FIFOS | NO_INT);
}

static void every_trigger_level(void **state)
{
    const struct {
        uint64_t fcr;
        size_t level;
    } cases[] = {{0x01, 1}, {0x41, 4}, {0x81, 8}, {0xc1, 14}};
    for (size_t i = 0; i < 4; i++) {
        put(FCR, cases[i].fcr | 2);
        put(IER, RDI);
        for (size_t n = 1; n <= 16; n++) {
            type("x");
            assert_int_equal(get(IIR), FIFOS | (n < cases[i].level ? 0xc : 4));
        }
    }
}

static void without_fifo_one_byte(void **state)
{
    put(FCR, 0);
    put(IER, RDI);
    type("ab");
    assert_int_equal(get(IIR), 4);
    assert_int_equal(get(RBR), 'a');
    assert_true(m.irq); /* the next came from the line */
    assert_int_equal(get(RBR), 'b');
    assert_false(m.irq);
    assert_int_equal(get(RBR), 0);
}

static void input_waits_and_pauses(void **state)
{
    char text[UART_FIFO_SIZE + UART_LINE_SIZE + 8];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i % 100);
    put(FCR, 1);
    size_t taken = uart_receive(&m.uart, text, sizeof text);
    taken += uart_receive(&m.uart, text + taken, sizeof text - taken);
    assert_int_equal(taken, sizeof text - 8);
    assert_int_equal(uart_receive(&m.uart, text + taken, 1), 0);
    assert_int_equal(get(LSR) & 2, 0); /* nothing was lost */
    assert_int_equal(get(RBR), 0);
    assert_int_equal(uart_receive(&m.uart, text + taken, 8), 1);
    for (size_t i = 1; i <= taken; i++)
        assert_int_equal(get(RBR), i % 100);
    assert_int_equal(get(LSR), 0x60);
}

static void loopback_overruns(void **state)
{
    put(FCR, 1);
    put(MCR, LOOP);
    type("host");
    assert_int_equal(get(LSR), 0x60); /* cut off from the line */
    put(IER, RDI | RLSI);
    for (int i = 0; i < 17; i++)
        put(THR, (uint64_t)i);
    assert_int_equal(m.sent_count, 0);
    assert_int_equal(get(IIR), FIFOS | 6); /* before the data */
    assert_int_equal(get(LSR), 0x63);
    assert_int_equal(get(LSR), 0x61);
    assert_int_equal(get(IIR), FIFOS | 4);
    for (int i = 0; i < 16; i++)
        assert_int_equal(get(RBR), i);
    assert_int_equal(get(LSR), 0x60);
    put(MCR, 0);
    assert_int_equal(get(RBR), 'h');
}

static void overrun_without_fifo(void **state)
{
    put(FCR, 0);
    put(MCR, LOOP);
    put(THR, 'a');
    put(THR, 'b');
    assert_int_equal(get(LSR), 0x63);
    assert_int_equal(get(RBR), 'b');
    assert_int_equal(get(LSR), 0x60);
}

static void modem_status(void **state)
{
    assert_int_equal(get(MSR), 0xb0);
    put(IER, MSI);
    assert_false(m.irq);
    put(MCR, LOOP | 4); /* OUT1 -> RI, the others fall */
    assert_true(m.irq);
    assert_int_equal(get(IIR), FIFOS | 0);
    assert_int_equal(get(MSR), 0x4b);
    assert_false(m.irq);
    assert_int_equal(get(MSR), 0x40);
    put(MCR, LOOP | 1); /* RI falls, DTR -> DSR */
    assert_int_equal(get(MSR), 0x26);
    put(MCR, LOOP | 4); /* a rising RI is no delta; DSR falls */
    assert_int_equal(get(MSR), 0x42);
    put(MCR, 0xff);
    assert_int_equal(get(MCR), 0x1f);
}

static void fcr_clears(void **state)
{
    put(FCR, 1);
    type("abc");
    put(FCR, 3);
    assert_int_equal(get(LSR), 0x60);
    type("def");
    put(FCR, 4); /* the enable bit falls: cleared, and the trigger back to 1 */
    assert_int_equal(get(LSR), 0x60);
    assert_int_equal(get(IIR), NO_INT);
}

static void read_only_registers(void **state)
{
    put(LSR, 0xff);
    put(MSR, 0xff);
    assert_int_equal(get(LSR), 0x60);
    assert_int_equal(get(MSR), 0xb0);
}

static void refusals(void **state)
{
    guest_refused(&m.uart.device, 8, 1);
    guest_refused(&m.uart.device, 8, 4);
    guest_refused(&m.uart.device, 0xff, 1);
    uint64_t value = 0x5a5a;
    assert_int_equal(guest_try(&m.uart.device, 6, 4, false, &value), ERR_INVALID); /* 6 and 8 */
    assert_int_equal(value, 0x5a5a);
    assert_int_equal(m.sent_count, 0);
}

/* A register is one byte, however wide the access is that begins at it. */
static void wide_accesses(void **state)
{
    for (unsigned width = 1; width <= 8; width *= 2)
        guest_write(&m.uart.device, THR, width, 0x4241);
    assert_int_equal(m.sent_count, 4);
    assert_memory_equal(m.sent, "AAAA", 4);
    assert_int_equal(guest_read(&m.uart.device, MCR, 4), 0);
    assert_int_equal(guest_read(&m.uart.device, MSR, 2), 0xb0);
    assert_int_equal(guest_read(&m.uart.device, THR, 8), 0);
    /* misaligned: bytes */
    assert_int_equal(guest_read(&m.uart.device, LCR, 4), 0xb0600003);
    guest_write(&m.uart.device, LCR, 2, 0x0203);
    assert_int_equal(get(MCR), 2);
}

static void reset(void **state)
{
    put(FCR, 0xc1);
    put(LCR, 0x80);
    put(DLL, 3);
    put(LCR, 3);
    put(SCR, 9);
    put(IER, RDI | THRI);
    type("a long line that fills the FIFO");
    assert_true(m.irq);
    m.uart.device.ops->reset(&m.uart.device);
    assert_false(m.irq);
    for (uint64_t offset = 0; offset < 8; offset++) {
        const uint8_t expected[] = {0, 0, FIFOS | NO_INT, 3, 0, 0x60, 0xb0, 0};
        assert_int_equal(get(offset), expected[offset]);
    }
    put(LCR, 0x80);
    assert_int_equal(get(DLL), 2);
}

static unsigned drained_count;

static void drained(void *context)
{
    assert_ptr_equal(context, &m);
    drained_count++;
}

/* A sender that had to stop is called once, when the guest has read all, and not before. */
static void room_and_its_return(void **state)
{
    char bytes[UART_LINE_SIZE];
    memset(bytes, 'x', sizeof bytes);
    drained_count = 0;
    m.uart.drained = drained;
    put(2, 1); /* FIFOs on */
    assert_int_equal(uart_room(&m.uart), UART_LINE_SIZE);
    assert_int_equal(uart_receive(&m.uart, bytes, UART_FIFO_SIZE), UART_FIFO_SIZE);
    assert_int_equal(uart_receive(&m.uart, bytes, sizeof bytes), sizeof bytes);
    assert_int_equal(uart_room(&m.uart), 0);
    for (unsigned i = 0; i < UART_LINE_SIZE; i++) {
        assert_int_equal(drained_count, 0);
        get(0);
    }
    assert_int_equal(drained_count, 1);
    for (unsigned i = 0; i < UART_FIFO_SIZE; i++)
        get(0);
    assert_int_equal(drained_count, 1);
    assert_int_equal(uart_room(&m.uart), UART_LINE_SIZE);
}

/* A reset drops what was typed, so there is room too. */
/* A guest that reads by calls: whatever its registers are set to, and nothing of them changes. */
static void taken_without_registers(void **state)
{
    char byte = 0;
    assert_false(uart_take(&m.uart, &byte));
    put(FCR, 1);
    put(IER, RDI);
    put(LCR, 0x83);
    put(DLL, 2);
    assert_int_equal(type("ok"), 2);
    assert_true(m.irq);
    assert_true(uart_take(&m.uart, &byte));
    assert_int_equal(byte, 'o');
    assert_true(m.irq);
    assert_true(uart_take(&m.uart, &byte));
    assert_int_equal(byte, 'k');
    assert_false(m.irq);
    assert_false(uart_take(&m.uart, &byte));
    assert_int_equal(get(DLL), 2);
}

static void reset_makes_room(void **state)
{
    char bytes[UART_LINE_SIZE] = {0};
    drained_count = 0;
    m.uart.drained = drained;
    uart_receive(&m.uart, bytes, UART_FIFO_SIZE);
    uart_receive(&m.uart, bytes, sizeof bytes);
    assert_int_equal(uart_room(&m.uart), 0);
    m.uart.device.ops->reset(&m.uart.device);
    assert_int_equal(drained_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(boot_loader_polls, start),
        cmocka_unit_test_setup(a_byte_without_room_is_stored_again, start),
        cmocka_unit_test_setup(linux_autoconfig, start),
        cmocka_unit_test_setup(linux_thre_test, start),
        cmocka_unit_test_setup(linux_sends_by_interrupt, start),
        cmocka_unit_test_setup(trigger_and_timeout, start),
        cmocka_unit_test_setup(every_trigger_level, start),
        cmocka_unit_test_setup(without_fifo_one_byte, start),
        cmocka_unit_test_setup(input_waits_and_pauses, start),
        cmocka_unit_test_setup(loopback_overruns, start),
        cmocka_unit_test_setup(overrun_without_fifo, start),
        cmocka_unit_test_setup(modem_status, start),
        cmocka_unit_test_setup(fcr_clears, start),
        cmocka_unit_test_setup(read_only_registers, start),
        cmocka_unit_test_setup(refusals, start),
        cmocka_unit_test_setup(wide_accesses, start),
        cmocka_unit_test_setup(reset, start),
        cmocka_unit_test_setup(room_and_its_return, start),
        cmocka_unit_test_setup(reset_makes_room, start),
        cmocka_unit_test_setup(taken_without_registers, start),
    };
    return cmocka_run_group_tests_name("axdevice uart", tests, NULL, NULL);
}
