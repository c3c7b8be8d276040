/*
 * talker: prints `talker N ……` as fast as it can, `rounds=N` times: whole lines by DBCN, and every
 * other one a byte at a time over the UART.
 */
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stdio.h>

#define UART_THR UINT64_C(0x10000000)
#define LINE 100

void fail(const char *what)
{
    sayf("talker: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void say_by_uart(const char *text)
{
    while (*text != '\0')
        *(volatile uint8_t *)UART_THR = (uint8_t)*text++;
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    char line[LINE];
    uint64_t rounds = bootargs_number(fdt, "rounds", 100);
    for (uint64_t n = 1; n <= rounds; n++) {
        snprintf(line, sizeof line, "talker %" PRIu64 " abcdefghijklmnopqrstuvwxyz\n", n);
        if (n % 2 == 0)
            say_by_uart(line);
        else
            say(line);
    }
    shut_down(SBI_SRST_NO_REASON);
}
