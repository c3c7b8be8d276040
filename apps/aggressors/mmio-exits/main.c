/* mmio-exits: registers of the UART, the PLIC and the RTC, written and read back without an end. */
#include "../aggressor.h"
#include "../virt.h"

#define UART_SCR (VIRT_UART + 7)
#define PLIC_PRIORITY(source) (VIRT_PLIC + 4 * (source))
#define SOURCE 1
#define PRIORITIES 8
#define RTC_LOW (VIRT_RTC + 0)
#define RTC_HIGH (VIRT_RTC + 4)
#define ACCESSES 6

/* Reading the low half latches the high one. */
static uint64_t rtc_now(void)
{
    uint64_t low = mmio_read32(RTC_LOW);
    return (uint64_t)mmio_read32(RTC_HIGH) << 32 | low;
}

static void run_round(uint64_t n)
{
    static uint64_t last;
    mmio_write8(UART_SCR, (uint8_t)n);
    check("the UART's scratch register", mmio_read8(UART_SCR), (uint8_t)n);
    mmio_write32(PLIC_PRIORITY(SOURCE), (uint32_t)(n % PRIORITIES));
    check("the PLIC's priority", mmio_read32(PLIC_PRIORITY(SOURCE)), n % PRIORITIES);
    uint64_t now = rtc_now();
    check("the RTC does not go back", now >= last, true);
    last = now;
    aggressor_did(ACCESSES);
}

const struct aggressor aggressor = {.name = "mmio-exits", .work = "accesses", .round = run_round};
