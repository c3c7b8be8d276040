/*
 * parrot: writes its ramdisk to its console, byte for byte: at its start a part at a time by DBCN,
 * and again for each key, over the UART.
 */
#include <axbare/arch/sbi.h>
#include <axbare/fdt.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>

#define UART_THR UINT64_C(0x10000000)
#define PERIOD 100000 /* ticks between looks: 10 ms of QEMU's 10 MHz */

void fail(const char *what)
{
    sayf("parrot: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

/* A write may take less, or nothing (SBI 2.0 §12.1). */
static void write(uint64_t at, uint64_t end)
{
    while (at < end) {
        struct sbi_ret r = sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, end - at, at, 0, 0);
        if (r.error != SBI_SUCCESS)
            fail("a write failed");
        at += (uint64_t)r.value;
    }
}

static void write_by_uart(uint64_t at, uint64_t end)
{
    for (; at < end; at++)
        *(volatile uint8_t *)UART_THR = *(const uint8_t *)at;
}

static void wait_for_key(void)
{
    char key;
    while (sbi_call(SBI_EXT_DBCN, SBI_DBCN_READ, 1, (uintptr_t)&key, 0, 0).value != 1) {
        uint64_t old = harts[0].timers;
        timer_arm(time_now() + PERIOD);
        sleep_until_change(&harts[0].timers, old);
    }
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    int chosen = fdt_path_offset(fdt, "/chosen");
    uint64_t start = fdt_number(fdt, chosen, "linux,initrd-start", 0),
             end = fdt_number(fdt, chosen, "linux,initrd-end", 0);
    interrupts_enable(IRQ_BIT(IRQ_STI));
    write(start, end);
    for (;;) {
        wait_for_key();
        write_by_uart(start, end);
    }
}
