#include <axdriver/console.h>
#include <axdriver/host_uart.h>
#include <axlog/console.h>
#include <axlog/log.h>

/* Why the console is not the UART. */
static void report_firmware(const struct hardware *hw)
{
    if (hw->has_uart)
        log_warn("console: no memory to map the UART at 0x%lx; it stays the firmware's",
                 (unsigned long)hw->uart.base.a);
    else if (hw->unknown_console != NULL)
        log_info("console: no driver for %s, which stdout-path names; it stays the firmware's",
                 hw->unknown_console);
    else
        log_info("console: the device tree names no UART that we drive; it stays the firmware's");
}

void console_init(const void *fdt)
{
    const struct hardware *hw = hardware_of_machine(fdt);
    if (hw->has_uart && host_uart_init(&hw->uart) == OK) {
        console_set_sink(host_uart_write);
        log_info("console: UART at 0x%lx", (unsigned long)hw->uart.base.a);
        return;
    }
    host_uart_use_firmware();
    report_firmware(hw);
}
