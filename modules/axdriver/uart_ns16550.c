/*
 * UARTs with the registers of the NS16550A, and two relatives. Synopsys' DW_apb_uart raises
 * interrupts of its own: "busy detect", which only a read of its status register ends, and a
 * receive timeout that may come without data, which only a read of the data ends. The UART of
 * XScale does nothing until the unit is enabled, by a bit among the interrupts' enables.
 */
#include <axhal/io.h>
#include <axhal/paging.h>
#include "tree_irq.h"
#include "uart_ops.h"

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, MCR = 4, LSR = 5, DW_USR = 31 };
enum {
    IER_RECEIVED = 0x01,
    IER_THR_EMPTY = 0x02,
    IER_XSCALE_TIMEOUT = 0x10,
    IER_XSCALE_UNIT = 0x40
};
enum { FCR_ENABLE = 0x01 };
enum { IIR_ID = 0x0f, IIR_DW_BUSY = 0x07, IIR_TIMEOUT = 0x0c, IIR_FIFO_ENABLED = 0xc0 };
enum { MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUT2 = 0x08 }; /* OUT2: PCs gate the interrupt by it */
enum { LSR_DATA = 0x01, LSR_BREAK = 0x10, LSR_THR_EMPTY = 0x20 };

#define FIFO_SIZE 16

static struct uart_config uart;
static uintptr_t line_status; /* the address of that register */
static size_t fifo_room;      /* bytes that an empty transmitter takes */

static uintptr_t address(unsigned index)
{
    return uart.base.a + ((uintptr_t)index << uart.reg_shift);
}

static uint8_t read_register(unsigned index)
{
    return uart.io_width == 4 ? (uint8_t)io_read32(address(index)) : io_read8(address(index));
}

static void write_register(unsigned index, uint8_t value)
{
    if (uart.io_width == 4)
        io_write32(address(index), value);
    else
        io_write8(address(index), value);
}

static void ns16550_set_interrupts(bool received, bool room)
{
    unsigned ier = (received ? IER_RECEIVED : 0) | (room ? IER_THR_EMPTY : 0);
    if (uart.quirk == UART_XSCALE)
        ier |= IER_XSCALE_UNIT | (received ? IER_XSCALE_TIMEOUT : 0);
    write_register(IER, (uint8_t)ier);
}

static enum err ns16550_init(const struct uart_config *config)
{
    enum err err = paging_map_device(config->base, config->size);
    if (err != OK)
        return err;
    uart = *config;
    line_status = address(LSR);
    ns16550_set_interrupts(false, false);
    write_register(IIR_FCR, FCR_ENABLE);
    write_register(MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    fifo_room = (read_register(IIR_FCR) & IIR_FIFO_ENABLED) == IIR_FIFO_ENABLED ? FIFO_SIZE : 1;
    return OK;
}

/* The transmitter has room. Most of what a VM's output takes is here: the register's place and
 * width are looked up once for all of the bytes. */
static inline void fill(const char *bytes, size_t count)
{
    const uintptr_t at = address(RBR_THR);
    const char *end = bytes + count;
    if (uart.io_width == 4)
        while (bytes < end)
            io_write32(at, (uint8_t)*bytes++);
    else
        while (bytes < end)
            io_write8(at, (uint8_t)*bytes++);
}

static inline bool has_room(void)
{
    return (read_register(LSR) & LSR_THR_EMPTY) != 0;
}

static __attribute__((noinline)) size_t send_several(const char *bytes, size_t count)
{
    size_t sent = 0;
    while (sent < count && has_room()) {
        size_t piece = count - sent < fifo_room ? count - sent : fifo_room;
        fill(bytes + sent, piece);
        sent += piece;
    }
    return sent;
}

/* Most of what guests write is a byte a call. */
static size_t ns16550_send(const char *bytes, size_t count)
{
    if (count != 1 || uart.io_width != 1)
        return send_several(bytes, count);
    if ((io_read8(line_status) & LSR_THR_EMPTY) == 0)
        return 0;
    io_write8(uart.base.a, (uint8_t)*bytes);
    return 1;
}

/* All is read: an interrupt that still pends would come for ever. */
static void quiet_dw(void)
{
    unsigned id = read_register(IIR_FCR) & IIR_ID;
    if (id == IIR_DW_BUSY)
        (void)read_register(DW_USR);
    if (id == IIR_TIMEOUT && (read_register(LSR) & (LSR_DATA | LSR_BREAK)) == 0)
        (void)read_register(RBR_THR);
}

static size_t ns16550_read(char *bytes, size_t room)
{
    size_t taken = 0;
    while (taken < room && (read_register(LSR) & LSR_DATA) != 0)
        bytes[taken++] = (char)read_register(RBR_THR);
    if (uart.quirk == UART_DW && taken < room)
        quiet_dw();
    return taken;
}

static const struct uart_ops ns16550_ops = {
    .init = ns16550_init,
    .send = ns16550_send,
    .read = ns16550_read,
    .set_interrupts = ns16550_set_interrupts,
};

/* `registers`: how many there are from `base` on. */
static bool probe(const struct tree_node *node, enum uart_quirk quirk, unsigned registers,
                  struct uart_config *config)
{
    *config = (struct uart_config){
        .quirk = quirk,
        .reg_shift = tree_cell(node, PROP_REG_SHIFT, 0, 0),
        .io_width = tree_cell(node, PROP_REG_IO_WIDTH, 0, 1),
        .irq = tree_irq(node),
    };
    uint32_t offset = tree_cell(node, PROP_REG_OFFSET, 0, 0);
    if (!tree_reg(node, 0, &config->base, &config->size) || offset > config->size)
        return false;
    config->base.a += offset;
    config->size -= offset;
    return (config->io_width == 1 || config->io_width == 4) && config->reg_shift <= 4 &&
           config->size >= (uint64_t)registers << config->reg_shift;
}

static bool probe_plain(const struct tree_node *node, struct uart_config *config)
{
    return probe(node, UART_PLAIN, 8, config);
}

static bool probe_dw_apb(const struct tree_node *node, struct uart_config *config)
{
    return probe(node, UART_DW, DW_USR + 1, config);
}

static bool probe_xscale(const struct tree_node *node, struct uart_config *config)
{
    return probe(node, UART_XSCALE, 8, config);
}

const struct uart_driver uart_ns16550 = {{"ns16550a", "ns16550"}, probe_plain, &ns16550_ops};
const struct uart_driver uart_dw_apb = {{"snps,dw-apb-uart"}, probe_dw_apb, &ns16550_ops};
const struct uart_driver uart_xscale = {{"intel,xscale-uart"}, probe_xscale, &ns16550_ops};
