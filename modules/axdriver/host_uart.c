#include <axdriver/host_uart.h>
#include <axdriver/irqchip.h>
#include <axhal/arch/cpu.h>
#include <axhal/time.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "uart_ops.h"

/* The program that reads may be stopped for seconds; in virtual time they are many. */
#define PATIENCE_MS 60000

enum { WANTS_INPUT = 1, WANTS_ROOM = 2 };

static const struct uart_ops *ops; /* NULL: there is none */
static struct wired_irq irq;
static _Atomic bool is_stuck; /* it took nothing for so long: it is not waited for until it does */
static struct spinlock interrupts_lock = SPINLOCK("uart interrupts");
static _Atomic uint8_t wanted; /* written with the lock held, and the UART's interrupts with it */
static bool held;              /* the same: whatever is wanted, it does not interrupt */
static bool received;          /* since the last poll; the poller's hart's */
static struct {
    void (*handler)(void *context); /* NULL: it interrupts */
    void *context;
} poller;

static enum err start(const struct uart_ops *driver, const struct uart_config *config)
{
    enum err err = driver->init(config);
    if (err != OK)
        return err;
    ops = driver;
    irq = config->irq;
    atomic_store_explicit(&wanted, 0, memory_order_relaxed);
    return OK;
}

enum err host_uart_init(const struct uart_config *config)
{
    return start(config->driver->ops, config);
}

void host_uart_use_firmware(void)
{
    (void)start(&firmware_console_ops, &(struct uart_config){0});
}

host_uart_send_t host_uart_sender(void)
{
    ASSERT(ops != NULL);
    return ops->send;
}

/* What it has taken, if only after a while; 0: it is stuck. */
static size_t send_or_wait(const char *bytes, size_t count)
{
    uint64_t deadline = time_now() + (is_stuck ? 0 : time_ms_to_ticks(PATIENCE_MS));
    size_t sent;
    while ((sent = ops->send(bytes, count)) == 0 && time_now() < deadline)
        cpu_relax();
    is_stuck = sent == 0;
    return sent;
}

void host_uart_write(const char *bytes, size_t count)
{
    DEBUG_ASSERT(ops != NULL);
    size_t sent = 0, taken = 1;
    while (sent < count && taken > 0) {
        taken = send_or_wait(bytes + sent, count - sent);
        sent += taken;
    }
}

size_t host_uart_read(char *bytes, size_t room)
{
    size_t taken = ops != NULL ? ops->read(bytes, room) : 0;
    received |= taken > 0;
    return taken;
}

enum err host_uart_enable_input(uint32_t hart_index, void (*handler)(void *context), void *context)
{
    if (ops == NULL || ops->set_interrupts == NULL)
        return ERR_NOT_FOUND;
    enum err err = irqchip_enable(&irq, hart_index, handler, context);
    if (err == OK)
        host_uart_let_input(true);
    return err;
}

enum err host_uart_poll_input(void (*handler)(void *context), void *context)
{
    if (ops == NULL)
        return ERR_NOT_FOUND;
    poller.context = context;
    poller.handler = handler;
    host_uart_let_input(true);
    return OK;
}

bool host_uart_poll(void)
{
    ASSERT(poller.handler != NULL);
    received = false;
    if (atomic_load_explicit(&wanted, memory_order_relaxed) != 0)
        poller.handler(poller.context);
    return received || host_uart_calls_for_room();
}

/* Lock held. */
static void set_interrupts(uint8_t now)
{
    spin_debug_assert_held(&interrupts_lock);
    if (poller.handler == NULL)
        ops->set_interrupts(!held && (now & WANTS_INPUT) != 0, !held && (now & WANTS_ROOM) != 0);
}

/* Two harts may want different interrupts at once. */
static void change_interrupts(uint8_t bit, bool on)
{
    spin_lock(&interrupts_lock);
    uint8_t now = atomic_load_explicit(&wanted, memory_order_relaxed);
    now = on ? now | bit : now & (uint8_t)~bit;
    atomic_store_explicit(&wanted, now, memory_order_relaxed);
    set_interrupts(now);
    spin_unlock(&interrupts_lock);
}

void host_uart_hold(bool hold)
{
    if (ops == NULL)
        return;
    spin_lock(&interrupts_lock);
    held = hold;
    set_interrupts(atomic_load_explicit(&wanted, memory_order_relaxed));
    spin_unlock(&interrupts_lock);
}

void host_uart_let_input(bool on)
{
    change_interrupts(WANTS_INPUT, on);
}

void host_uart_call_for_room(bool on)
{
    change_interrupts(WANTS_ROOM, on);
}

bool host_uart_calls_for_room(void)
{
    return atomic_load_explicit(&wanted, memory_order_relaxed) & WANTS_ROOM;
}
