/* Finds the console's UART during a walk over the device tree. */
#pragma once
#include <axdriver/hardware.h>
#include <lib/tree.h>

#define UART_SEARCH_MAX 8

struct uart_search {
    struct tree_value stdout_path; /* of /chosen, which may come behind the UARTs */
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
/* For a UART; false: it can't be driven, or is one too many, and is passed over. */
bool uart_search_add(struct uart_search *search, const struct tree_node *node);
/* After it: the UART of stdout-path, or without that property the first; false if there is none. */
bool uart_search_console(const struct uart_search *search, const void *fdt,
                         struct uart_config *uart);
