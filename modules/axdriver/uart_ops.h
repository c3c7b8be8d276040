/*
 * A driver of a console's UART: a file uart_NAME.c, which has a `const struct uart_driver
 * uart_NAME`, and a row in uart_drivers.c. host_uart.c does for all of them what they have in
 * common: waiting, calls of the owner, polling.
 */
#pragma once
#include <axdriver/hardware.h>
#include <lib/tree.h>
#include <stdbool.h>
#include <stddef.h>

struct uart_ops {
    /* Boot hart, once: maps it and gets it ready, with its interrupts off. The firmware has set its
     * rate, which is kept. ERR_NO_MEMORY. */
    enum err (*init)(const struct uart_config *config);
    /* Sends what there is room for, without waiting; returns how many bytes. */
    size_t (*send)(const char *bytes, size_t count);
    /* Takes what was received, at most `room` bytes. */
    size_t (*read)(char *bytes, size_t room);
    /* While it has received something, and while it has room. NULL: it never interrupts. */
    void (*set_interrupts)(bool received, bool room);
};

#define UART_NAMES 3

struct uart_driver {
    const char *compatible[UART_NAMES]; /* any of these; the rest is NULL */
    /* Reads the node into *uart; false: it can't be driven as it stands there. */
    bool (*probe)(const struct tree_node *node, struct uart_config *uart);
    const struct uart_ops *ops;
};

/* The driver of a compatible string; NULL: there is none. */
const struct uart_driver *uart_driver_of(const char *compatible);

/* For a board whose UART has no driver here. */
extern const struct uart_ops firmware_console_ops;
