#include <lib/bits.h>
#include <string.h>
#include "uart_ops.h"

#define DRIVERS(X)                                                                                 \
    X(ns16550)                                                                                     \
    X(dw_apb)                                                                                      \
    X(xscale)                                                                                      \
    X(sifive)                                                                                      \
    X(lite)

#define DECLARE(name) extern const struct uart_driver uart_##name;
DRIVERS(DECLARE)

#define ROW(name) &uart_##name,
static const struct uart_driver *const drivers[] = {DRIVERS(ROW)};

static bool has_name(const struct uart_driver *driver, const char *compatible)
{
    for (size_t i = 0; i < UART_NAMES && driver->compatible[i] != NULL; i++)
        if (strcmp(compatible, driver->compatible[i]) == 0)
            return true;
    return false;
}

const struct uart_driver *uart_driver_of(const char *compatible)
{
    for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
        if (has_name(drivers[i], compatible))
            return drivers[i];
    return NULL;
}
