/* Finds the console's UART during a walk over the device tree. */
#pragma once
#include <axdriver/hardware.h>
#include <lib/tree.h>
#include "uart_ops.h"

/* Boards have ten; the console is seldom among the last. */
#define UART_SEARCH_MAX 32

struct uart_search {
    struct tree_value stdout_path; /* of /chosen, which may come after the UARTs */
    int aliases; /* libfdt's offset of the node; -1 before, and if there is none */
    struct uart_candidate {
        struct uart_config config;
        const char *names[TREE_MAX_DEPTH]; /* its path, below the root */
        uint32_t depth;
    } uarts[UART_SEARCH_MAX];
    uint32_t count;
};

/* For each node of the walk: takes note of what says which the console is. */
void uart_search_visit(struct uart_search *search, const struct tree_node *node);
/* For a UART. False: it can't be driven as it stands there, or there is no room for more. */
bool uart_search_add(struct uart_search *search, const struct tree_node *node,
                     const struct uart_driver *driver);
/* After it: the UART of stdout-path, or without that property the first; or what is there instead.
 */
void uart_search_end(const struct uart_search *search, const void *fdt, struct hardware *hw);
