/*
 * The firmware's console (SBI 3.0 §12, or the legacy calls) as a UART, for boards whose own has no
 * driver here. The firmware waits for its UART inside a call, so a call sends at most what a FIFO
 * holds. It never interrupts: so host_uart.c polls.
 */
#include <axhal/firmware.h>
#include "uart_ops.h"

#define MOST_AT_ONCE 16

static enum err firmware_console_init(const struct uart_config *config)
{
    (void)config;
    return OK;
}

static size_t firmware_console_send(const char *bytes, size_t count)
{
    size_t most = count < MOST_AT_ONCE ? count : MOST_AT_ONCE;
    firmware_console_write(bytes, most);
    return most;
}

const struct uart_ops firmware_console_ops = {
    .init = firmware_console_init,
    .send = firmware_console_send,
    .read = firmware_console_read,
    .set_interrupts = NULL,
};
