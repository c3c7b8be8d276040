/* The host's console on its own UART instead of the firmware. */
#pragma once

/*
 * Boot hart, once, after paging_enable(): from here on axlog's console writes to the UART that the
 * device tree names. If that can't be driven it stays the firmware's, and the log says so.
 */
void console_init(const void *fdt);
