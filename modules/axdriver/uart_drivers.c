#include <lib/bits.h>
#include <string.h>
#include "uart_ops.h"

static const struct uart_driver drivers[] = {
    {"ns16550a", ns16550_probe, &ns16550_ops},
    {"ns16550", ns16550_probe, &ns16550_ops},
    {"snps,dw-apb-uart", dw_apb_uart_probe, &ns16550_ops},
    {"intel,xscale-uart", xscale_uart_probe, &ns16550_ops},
    {"sifive,uart0", sifive_uart_probe, &sifive_uart_ops},
};

const struct uart_driver *uart_driver_of(const char *compatible)
{
    for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
        if (strcmp(compatible, drivers[i].compatible) == 0)
            return &drivers[i];
    return NULL;
}
