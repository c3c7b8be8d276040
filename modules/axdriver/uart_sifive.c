/*
 * SiFive's UART (FU540-C000 Manual v1p0, chapter 13). Its interrupts are levels: "received" while
 * more bytes than rxcnt wait, "room" while fewer than txcnt do.
 */
#include <axhal/io.h>
#include <axhal/paging.h>
#include <lib/bits.h>
#include "tree_irq.h"
#include "uart_ops.h"

/* §13.3 to §13.9 */
enum { TXDATA = 0x00, RXDATA = 0x04, TXCTRL = 0x08, RXCTRL = 0x0c, IE = 0x10, REGISTERS = 0x1c };
#define TXDATA_FULL (UINT32_C(1) << 31)
#define RXDATA_EMPTY (UINT32_C(1) << 31)
#define CTRL_ENABLE UINT32_C(1)
#define TXCTRL_STOP_BITS UINT32_C(2)
#define CTRL_COUNT(n) ((uint32_t)(n) << 16)
enum { IE_ROOM = 1, IE_RECEIVED = 2 };

static uintptr_t base;

static void sifive_set_interrupts(bool received, bool room)
{
    io_write32(base + IE, (received ? IE_RECEIVED : 0) | (room ? IE_ROOM : 0));
}

/* "Room" is an empty FIFO: fewer than one byte. The stop bits stay as the firmware has them. */
static enum err sifive_init(const struct uart_config *config)
{
    enum err err = paging_map_device(config->base, config->size);
    if (err != OK)
        return err;
    base = config->base.a;
    sifive_set_interrupts(false, false);
    uint32_t stop_bits = io_read32(base + TXCTRL) & TXCTRL_STOP_BITS;
    io_write32(base + TXCTRL, stop_bits | CTRL_ENABLE | CTRL_COUNT(1));
    io_write32(base + RXCTRL, CTRL_ENABLE | CTRL_COUNT(0));
    return OK;
}

static size_t sifive_send(const char *bytes, size_t count)
{
    size_t sent = 0;
    while (sent < count && (io_read32(base + TXDATA) & TXDATA_FULL) == 0)
        io_write32(base + TXDATA, (uint8_t)bytes[sent++]);
    return sent;
}

/* A read takes a byte out of the FIFO and says whether there was one: never read twice. */
static size_t sifive_read(char *bytes, size_t room)
{
    size_t taken = 0;
    while (taken < room) {
        uint32_t data = io_read32(base + RXDATA);
        if ((data & RXDATA_EMPTY) != 0)
            break;
        bytes[taken++] = (char)data;
    }
    return taken;
}

static bool sifive_probe(const struct tree_node *node, struct uart_config *uart)
{
    *uart = (struct uart_config){.irq = tree_irq(node)};
    return tree_reg(node, 0, &uart->base, &uart->size) && uart->size >= REGISTERS;
}

static const struct uart_ops sifive_ops = {
    .init = sifive_init,
    .send = sifive_send,
    .read = sifive_read,
    .set_interrupts = sifive_set_interrupts,
};

const struct uart_driver uart_sifive = {{"sifive,uart0"}, sifive_probe, &sifive_ops};
