/*
 * The host's UART, or the firmware's console in its place: output and input by polling or by
 * interrupt. The firmware has set its rate, which is kept. Drivers are rows of uart_drivers.c.
 */
#pragma once
#include <axdriver/hardware.h>
#include <stddef.h>

/* Boot hart, one of these two once: the first maps the UART and turns its interrupts off, or
 * returns ERR_NO_MEMORY; the second takes the firmware's console. */
enum err host_uart_init(const struct uart_config *config);
void host_uart_use_firmware(void);

/*
 * Sends all bytes, waiting for room. A UART that takes nothing loses them after a bounded wait, so
 * that a panic ends. One caller at a time (axlog's console lock).
 */
void host_uart_write(const char *bytes, size_t count);

/* After one of these: what sends as much as there is room for, without waiting, and returns how
 * many bytes. One caller at a time. */
typedef size_t (*host_uart_send_t)(const char *bytes, size_t count);
host_uart_send_t host_uart_sender(void);
/*
 * Any hart, after host_uart_enable_input() succeeded: on, its handler is called as long as there is
 * room for output, so at once if there is, and again when what was sent after that has gone.
 */
void host_uart_call_for_room(bool on);
bool host_uart_calls_for_room(void);

/* Reads at most `room` received bytes and returns how many; 0 also without a UART. One caller at a
 * time. */
size_t host_uart_read(char *bytes, size_t room);

/*
 * After irqchip_init(): handler(context) runs on hart `hart_index` when bytes are there;
 * it must read them all. The errors of irqchip_enable(); ERR_NOT_FOUND also without a UART.
 */
enum err host_uart_enable_input(uint32_t hart_index, void (*handler)(void *context), void *context);

/*
 * For a UART that can't interrupt: handler(context) runs inside host_uart_poll(), if a caller waits
 * for input or for room. ERR_NOT_FOUND: there is none.
 */
enum err host_uart_poll_input(void (*handler)(void *context), void *context);
/* After host_uart_poll_input(), always the same hart, at intervals: polls. Returns true if
 * something came or waits for room, so the next poll should be soon. */
bool host_uart_poll(void);

/*
 * Any hart, after host_uart_enable_input() or host_uart_poll_input() succeeded: off, the handler is
 * not called and what comes waits in the UART and before it; on, the handler is called for what is
 * there.
 */
void host_uart_let_input(bool on);

/* Any hart: true keeps the UART from interrupting at all; false lets it interrupt again for what
 * was asked for. */
void host_uart_hold(bool hold);
