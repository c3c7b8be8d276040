#include <axdriver/console.h>
#include <axdriver/host_uart.h>
#include <axlog/console.h>
#include <axlog/log.h>

void console_init(const void *fdt)
{
    const struct hardware *hw = hardware_of_machine(fdt);
    if (!hw->has_uart) {
        log_info("console: no ns16550a that the device tree names; it stays the firmware's");
        return;
    }
    if (host_uart_init(&hw->uart) != OK) {
        log_warn("console: no memory to map the UART at 0x%lx; it stays the firmware's",
                 (unsigned long)hw->uart.base.a);
        return;
    }
    console_set_sink(host_uart_write);
    log_info("console: UART at 0x%lx", (unsigned long)hw->uart.base.a);
}
