/* Drivers of UARTs against their manuals: SiFive's, AMD's UART Lite, and what relatives of the
 * NS16550A add. */
#include "fake_host.h"
#include "tree_file.h"
#include "uart_ops.h"
#include <axdriver/hardware.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BASE 0x20000000

/* ---- SiFive: FU540-C000 Manual v1p0, chapter 13; FIFOs of eight entries */

static struct {
    uint32_t txctrl, rxctrl, ie, div;
    char received[8], sent[32];
    size_t received_count, sent_count, waiting; /* of what was sent, in the FIFO still */
    unsigned rxdata_reads;
} sifive;

/* §13.9: levels, of fewer than txcnt and of more than rxcnt. */
static uint32_t sifive_pending(void)
{
    return (sifive.waiting < (sifive.txctrl >> 16 & 7)) |
           (uint32_t)(sifive.received_count > (sifive.rxctrl >> 16 & 7)) << 1;
}

static uint32_t take_received(void)
{
    sifive.rxdata_reads++;
    if (sifive.received_count == 0 || (sifive.rxctrl & 1) == 0)
        return UINT32_C(1) << 31;
    uint32_t byte = (uint8_t)sifive.received[0];
    memmove(sifive.received, sifive.received + 1, --sifive.received_count);
    return byte;
}

static uint64_t read_sifive(uint64_t at, unsigned width)
{
    assert_int_equal(width, 4);
    switch (at - BASE) {
    case 0x00:
        return sifive.waiting == 8 ? UINT32_C(1) << 31 : 0;
    case 0x04:
        return take_received();
    case 0x08:
        return sifive.txctrl;
    case 0x0c:
        return sifive.rxctrl;
    }
    fail_msg("read of 0x%lx", at);
    return 0;
}

static void write_sifive(uint64_t at, unsigned width, uint64_t value)
{
    assert_int_equal(width, 4);
    switch (at - BASE) {
    case 0x00:
        assert_true((sifive.txctrl & 1) != 0 && sifive.waiting < 8);
        sifive.sent[sifive.sent_count++] = (char)value;
        sifive.waiting++;
        return;
    case 0x08:
        sifive.txctrl = (uint32_t)value;
        return;
    case 0x0c:
        sifive.rxctrl = (uint32_t)value;
        return;
    case 0x10:
        sifive.ie = (uint32_t)value;
        return;
    }
    fail_msg("write to 0x%lx", at); /* div is the firmware's */
}

/* ---- UART Lite: PG142; FIFOs of 16 bytes */

static struct {
    char received[4], sent[32];
    size_t received_count, sent_count, waiting;
    uint32_t control;
} lite;

static uint64_t read_lite(uint64_t at, unsigned width)
{
    assert_int_equal(width, 4);
    if (at - BASE == 0x08)
        return (lite.received_count != 0) | (uint64_t)(lite.waiting == 0) << 2 |
               (uint64_t)(lite.waiting == 16) << 3;
    assert_int_equal(at - BASE, 0x00);
    assert_true(lite.received_count != 0); /* an empty FIFO answers with an error */
    uint64_t byte = (uint8_t)lite.received[0];
    memmove(lite.received, lite.received + 1, --lite.received_count);
    return byte;
}

static void write_lite(uint64_t at, unsigned width, uint64_t value)
{
    assert_int_equal(width, 4);
    if (at - BASE == 0x0c) {
        lite.control = (uint32_t)value;
        return;
    }
    assert_int_equal(at - BASE, 0x04);
    assert_true(lite.waiting < 16);
    lite.sent[lite.sent_count++] = (char)value;
    lite.waiting++;
}

/* ---- NS16550A and its relatives: registers of 4 bytes, the last value written to each */

static uint8_t written[32];
static uint8_t line_status, interrupt_id, received_byte;
static unsigned status_reads, data_reads;

static uint64_t read_ns16550(uint64_t at, unsigned width)
{
    assert_int_equal(width, 4);
    switch ((at - BASE) / 4) {
    case 0:
        data_reads++;
        interrupt_id = 0xc1;
        line_status &= (uint8_t)~1;
        return received_byte;
    case 2:
        return interrupt_id;
    case 5:
        return line_status;
    case 31:
        status_reads++;
        interrupt_id = 0xc1;
        return 0;
    }
    fail_msg("read of register %lu", (at - BASE) / 4);
    return 0;
}

static void write_ns16550(uint64_t at, unsigned width, uint64_t value)
{
    assert_int_equal(width, 4);
    written[(at - BASE) / 4] = (uint8_t)value;
}

static int start(void **state)
{
    static const uint64_t harts[] = {9};
    fake_host_start(harts, 1);
    host.read = read_ns16550;
    host.write = write_ns16550;
    memset(&sifive, 0, sizeof sifive);
    memset(&lite, 0, sizeof lite);
    memset(written, 0, sizeof written);
    line_status = 0x60;
    interrupt_id = 0xc1;
    status_reads = data_reads = 0;
    return 0;
}

/* The console of a tree whose UART at BASE is of this kind; NULL: there is none. */
static const struct uart_config *console_of(const char *compatible, uint32_t shift, uint32_t width)
{
    static struct hardware hw;
    void *fdt = tree_open("plic");
    tree_remove(fdt, "/chosen", "stdout-path");
    tree_set_text(fdt, "/soc/serial@20000000", "compatible", compatible);
    tree_set_cell(fdt, "/soc/serial@20000000", "reg-shift", shift);
    tree_set_cell(fdt, "/soc/serial@20000000", "reg-io-width", width);
    assert_int_equal(hardware_probe(&hw, fdt), OK);
    return hw.has_uart && hw.uart.base.a == BASE ? &hw.uart : NULL;
}

extern const struct uart_driver uart_sifive, uart_lite, uart_ns16550, uart_dw_apb, uart_xscale;

static const struct uart_ops *start_driver(const char *compatible,
                                           const struct uart_driver *expected)
{
    const struct uart_config *config = console_of(compatible, 2, 4);
    assert_non_null(config);
    assert_ptr_equal(config->driver, expected);
    assert_int_equal(config->driver->ops->init(config), OK);
    return config->driver->ops;
}

static void sifive_sends_and_receives(void **state)
{
    char bytes[8];
    host.read = read_sifive;
    host.write = write_sifive;
    sifive.txctrl = 2; /* two stop bits, by the firmware */
    sifive.ie = 3;
    const struct uart_ops *ops = start_driver("sifive,uart0", &uart_sifive);
    assert_int_equal(sifive.txctrl, 0x10003);
    assert_int_equal(sifive.rxctrl, 1);
    assert_int_equal(sifive.ie, 0);
    assert_int_equal(ops->send("more than eight", 15), 8);
    assert_int_equal(ops->send("than eight", 10), 0);
    sifive.waiting = 5;
    assert_int_equal(ops->send("n eight", 7), 3);
    assert_memory_equal(sifive.sent, "more than e", 8);
    memcpy(sifive.received, "typed", sifive.received_count = 5);
    assert_int_equal(ops->read(bytes, 4), 4);
    assert_memory_equal(bytes, "type", 4);
    assert_int_equal(sifive.rxdata_reads, 4);
    assert_int_equal(ops->read(bytes, 4), 1);
    assert_int_equal(ops->read(bytes, 4), 0);
}

static void sifive_interrupts_while_there_is_something(void **state)
{
    host.read = read_sifive;
    host.write = write_sifive;
    const struct uart_ops *ops = start_driver("sifive,uart0", &uart_sifive);
    ops->set_interrupts(true, false);
    assert_int_equal(sifive_pending() & sifive.ie, 0);
    sifive.received_count = 1;
    assert_int_equal(sifive_pending() & sifive.ie, 2);
    ops->set_interrupts(false, true);
    assert_int_equal(sifive_pending() & sifive.ie, 1);
    sifive.waiting = 1;
    assert_int_equal(sifive_pending() & sifive.ie, 0);
    ops->set_interrupts(false, false);
    assert_int_equal(sifive.ie, 0);
}

/* Its reset bits stay 0: what the firmware has sent goes out. */
static void lite_sends_and_receives(void **state)
{
    char bytes[4];
    host.read = read_lite;
    host.write = write_lite;
    lite.control = 0x10;
    lite.waiting = 3;
    const struct uart_ops *ops = start_driver("xlnx,xps-uartlite-1.00.a", &uart_lite);
    assert_int_equal(lite.control, 0);
    assert_null(ops->set_interrupts);
    assert_int_equal(ops->send("sixteen and more", 16), 13);
    assert_int_equal(ops->send("ore", 3), 0);
    lite.waiting = 0;
    assert_int_equal(ops->send("ore", 3), 3);
    assert_memory_equal(lite.sent, "sixteen and more", 16);
    memcpy(lite.received, "abc", lite.received_count = 3);
    assert_int_equal(ops->read(bytes, 2), 2);
    assert_int_equal(ops->read(bytes + 2, 2), 1);
    assert_memory_equal(bytes, "abc", 3);
    assert_int_equal(ops->read(bytes, 4), 0);
    assert_non_null(console_of("xlnx,opb-uartlite-1.00.b", 0, 1));
}

/* UUE stays set whatever is enabled, and the receiver's timeout goes with what is received. */
static void xscale_enables_its_unit(void **state)
{
    const struct uart_ops *ops = start_driver("intel,xscale-uart", &uart_xscale);
    assert_int_equal(written[1], 0x40);
    ops->set_interrupts(true, false);
    assert_int_equal(written[1], 0x51);
    ops->set_interrupts(false, true);
    assert_int_equal(written[1], 0x42);
    assert_int_equal(ops->send("abc", 3), 3);
    assert_int_equal(written[0], 'c');
}

static void dw_interrupts_that_nothing_else_ends(void **state)
{
    char byte;
    const struct uart_ops *ops = start_driver("snps,dw-apb-uart", &uart_dw_apb);
    assert_int_equal(written[1], 0);
    interrupt_id = 0xc7; /* busy detect */
    assert_int_equal(ops->read(&byte, 1), 0);
    assert_int_equal(status_reads, 1);
    interrupt_id = 0xcc; /* timeout, without data */
    assert_int_equal(ops->read(&byte, 1), 0);
    assert_int_equal(data_reads, 1);
    interrupt_id = 0xcc;
    line_status |= 1;
    received_byte = 'x';
    assert_int_equal(ops->read(&byte, 1), 1);
    assert_int_equal(byte, 'x');
    assert_int_equal(data_reads, 2);
    line_status |= 0x10; /* a break: it is read as any byte */
    interrupt_id = 0xcc;
    assert_int_equal(ops->read(&byte, 1), 0);
    assert_int_equal(data_reads, 2);
    start_driver("ns16550a", &uart_ns16550);
    interrupt_id = 0xc7;
    assert_int_equal(uart_ns16550.ops->read(&byte, 1), 0); /* there is no such register */
    assert_int_equal(status_reads, 1);
}

static void registers_that_are_not_there(void **state)
{
    assert_non_null(console_of("ns16550a", 2, 4));
    assert_null(console_of("ns16550a", 5, 4));
    assert_null(console_of("snps,dw-apb-uart", 4, 4)); /* 32 registers of 16 bytes in 256 */
    assert_null(console_of("intel,xscale-uart", 2, 2));
    assert_null(console_of("acme,uart", 2, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sifive_sends_and_receives, start),
        cmocka_unit_test_setup(sifive_interrupts_while_there_is_something, start),
        cmocka_unit_test_setup(lite_sends_and_receives, start),
        cmocka_unit_test_setup(xscale_enables_its_unit, start),
        cmocka_unit_test_setup(dw_interrupts_that_nothing_else_ends, start),
        cmocka_unit_test_setup(registers_that_are_not_there, start),
    };
    return cmocka_run_group_tests_name("axdriver UART drivers", tests, NULL, NULL);
}
