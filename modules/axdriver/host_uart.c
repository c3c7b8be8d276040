#include <axdriver/host_uart.h>
#include <axdriver/irqchip.h>
#include <axhal/arch/cpu.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/time.h>
#include <axsync/spinlock.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, MCR = 4, LSR = 5 };
enum { IER_RECEIVED = 0x01, IER_THR_EMPTY = 0x02 };
enum { FCR_ENABLE = 0x01 };
enum { IIR_FIFO_ENABLED = 0xc0 };
enum { MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUT2 = 0x08 }; /* OUT2: PCs gate the interrupt by it */
enum { LSR_DATA = 0x01, LSR_THR_EMPTY = 0x20 };

#define FIFO_SIZE 16
/* Who reads may be stopped for seconds; in virtual time they are many. */
#define PATIENCE_MS 60000

static struct uart_config uart; /* size 0: there is none */
static size_t fifo_room;        /* bytes that an empty transmitter takes */
static _Atomic bool is_stuck; /* it took nothing for so long: it is not waited for until it does */
static struct spinlock ier_lock = SPINLOCK("uart interrupts");
static _Atomic uint8_t ier; /* what the register was last told; written with the lock held */

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

enum err host_uart_init(const struct uart_config *config)
{
    enum err err = paging_map_device(config->base, config->size);
    if (err != OK)
        return err;
    uart = *config;
    ier = 0;
    write_register(IER, ier);
    write_register(IIR_FCR, FCR_ENABLE);
    write_register(MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    fifo_room = (read_register(IIR_FCR) & IIR_FIFO_ENABLED) == IIR_FIFO_ENABLED ? FIFO_SIZE : 1;
    return OK;
}

static bool is_empty(void)
{
    return read_register(LSR) & LSR_THR_EMPTY;
}

static bool wait_until_empty(void)
{
    uint64_t deadline = time_now() + (is_stuck ? 0 : time_ms_to_ticks(PATIENCE_MS));
    bool empty;
    while (!(empty = is_empty()) && time_now() < deadline)
        cpu_relax();
    is_stuck = !empty;
    return empty;
}

size_t host_uart_send(const char *bytes, size_t count)
{
    size_t sent = 0;
    while (sent < count && is_empty()) {
        size_t end = count - sent < fifo_room ? count : sent + fifo_room;
        while (sent < end)
            write_register(RBR_THR, (uint8_t)bytes[sent++]);
    }
    return sent;
}

void host_uart_write(const char *bytes, size_t count)
{
    for (size_t sent = 0; sent < count && wait_until_empty();)
        sent += host_uart_send(bytes + sent, count - sent);
}

size_t host_uart_read(char *bytes, size_t room)
{
    size_t taken = 0;
    while (uart.size != 0 && taken < room && (read_register(LSR) & LSR_DATA) != 0)
        bytes[taken++] = (char)read_register(RBR_THR);
    return taken;
}

enum err host_uart_enable_input(uint32_t hart_index, void (*handler)(void *context), void *context)
{
    if (uart.size == 0)
        return ERR_NOT_FOUND;
    enum err err = irqchip_enable(&uart.irq, hart_index, handler, context);
    if (err == OK)
        host_uart_let_input(true);
    return err;
}

/* Two harts may want different interrupts at once. */
static void change_interrupts(uint8_t bit, bool on)
{
    spin_lock(&ier_lock);
    uint8_t now = atomic_load_explicit(&ier, memory_order_relaxed);
    now = on ? now | bit : now & (uint8_t)~bit;
    atomic_store_explicit(&ier, now, memory_order_relaxed);
    write_register(IER, now);
    spin_unlock(&ier_lock);
}

void host_uart_let_input(bool on)
{
    change_interrupts(IER_RECEIVED, on);
}

void host_uart_call_for_room(bool on)
{
    change_interrupts(IER_THR_EMPTY, on);
}

bool host_uart_calls_for_room(void)
{
    return atomic_load_explicit(&ier, memory_order_relaxed) & IER_THR_EMPTY;
}
