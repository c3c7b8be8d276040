/*
 * AMD's AXI UART Lite (PG142, Register Space). Its one interrupt is a pulse when the receive FIFO
 * is no longer empty or the transmit FIFO becomes so: it says nothing of what was there before it
 * was enabled. So the registers are looked at from time to time.
 */
#include <axhal/io.h>
#include <axhal/paging.h>
#include <lib/bits.h>
#include "uart_ops.h"

enum { RX_FIFO = 0x00, TX_FIFO = 0x04, STATUS = 0x08, CONTROL = 0x0c, REGISTERS = 0x10 };
#define STATUS_RX_VALID UINT32_C(1)
#define STATUS_TX_FULL UINT32_C(1 << 3)

static uintptr_t base;

/* With its interrupt off; what the FIFOs have stays. */
static enum err lite_init(const struct uart_config *config)
{
    enum err err = paging_map_device(config->base, config->size);
    if (err != OK)
        return err;
    base = config->base.a;
    io_write32(base + CONTROL, 0);
    return OK;
}

static size_t lite_send(const char *bytes, size_t count)
{
    size_t sent = 0;
    while (sent < count && (io_read32(base + STATUS) & STATUS_TX_FULL) == 0)
        io_write32(base + TX_FIFO, (uint8_t)bytes[sent++]);
    return sent;
}

static size_t lite_read(char *bytes, size_t room)
{
    size_t taken = 0;
    while (taken < room && (io_read32(base + STATUS) & STATUS_RX_VALID) != 0)
        bytes[taken++] = (char)io_read32(base + RX_FIFO);
    return taken;
}

static bool lite_probe(const struct tree_node *node, struct uart_config *uart)
{
    *uart = (struct uart_config){0};
    return tree_reg(node, 0, &uart->base, &uart->size) && uart->size >= REGISTERS;
}

static const struct uart_ops lite_ops = {.init = lite_init, .send = lite_send, .read = lite_read};

const struct uart_driver uart_lite = {
    {"xlnx,xps-uartlite-1.00.a", "xlnx,opb-uartlite-1.00.b"}, lite_probe, &lite_ops};
