/*
 * clock: is interrupted by the machine's clock (a goldfish RTC) `rings=N` times, asleep meanwhile:
 * `clock: N rings, E exits`. With `looks=1` it ends each interrupt by seeing in the APLIC that its
 * input is not active any more (AIA 1.0 §4.9.2, first option).
 */
#include "controller.h"
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stddef.h>

#define CLOCK UINT64_C(0x101000)
enum {
    TIME_LOW = 0x00,
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08,
    ALARM_HIGH = 0x0c,
    IRQ_ENABLED = 0x10,
    CLEAR_INTERRUPT = 0x1c,
};
#define AHEAD_NS 20000000

static bool looks;

void fail(const char *what)
{
    sayf("clock: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static volatile uint32_t *clock_at(uint32_t offset)
{
    return (volatile uint32_t *)(CLOCK + offset);
}

static void set_alarm(void)
{
    uint64_t low = *clock_at(TIME_LOW); /* the upper half stays as it is then */
    uint64_t at = ((uint64_t)*clock_at(TIME_HIGH) << 32 | low) + AHEAD_NS;
    *clock_at(ALARM_HIGH) = (uint32_t)(at >> 32);
    *clock_at(ALARM_LOW) = (uint32_t)at;
}

/* Interrupts stay masked in sstatus: wfi returns on one that is pending. */
static void sleep_until_pending(void)
{
    while ((csr_read(sip) & IRQ_BIT(IRQ_SEI)) == 0)
        __asm__ volatile("wfi" : : : "memory");
}

static void handle(const struct controller *controller)
{
    if (!controller->claim())
        fail("an interrupt, but not the clock's");
    if (looks && !aplic_input())
        fail("the clock rings, but its input is not active");
    *clock_at(CLEAR_INTERRUPT) = 1;
    if (looks && aplic_input())
        fail("the clock is quiet, but its input is active");
    if (!looks)
        controller->end();
    if ((csr_read(sip) & IRQ_BIT(IRQ_SEI)) != 0)
        fail("the clock is quiet, but interrupts");
}

static uint64_t ring(const struct controller *controller, uint64_t rings)
{
    sbi_call(SBI_EXT_QUIET, SBI_QUIET_BEGIN, 0, 0, 0, 0);
    for (uint64_t n = 0; n < rings; n++) {
        set_alarm();
        sleep_until_pending();
        handle(controller);
    }
    struct sbi_ret exits = sbi_call(SBI_EXT_QUIET, SBI_QUIET_END, 0, 0, 0, 0);
    return exits.error == SBI_SUCCESS ? (uint64_t)exits.value : 0;
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    const char *lacking = machine_read(&machine, fdt, id);
    if (lacking != NULL)
        fail(lacking);
    uint64_t rings = bootargs_number(fdt, "rings", 10);
    looks = bootargs_number(fdt, "looks", 0) != 0;
    const struct controller *controller = controller_of(fdt);
    controller->open();
    csr_set(sie, IRQ_BIT(IRQ_SEI));
    *clock_at(IRQ_ENABLED) = 1;
    uint64_t exits = ring(controller, rings);
    sayf("clock: %" PRIu64 " rings, %" PRIu64 " exits\n", rings, exits);
    shut_down(SBI_SRST_NO_REASON);
}
