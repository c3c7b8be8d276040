/*
 * clock: is interrupted by the machine's clock (a goldfish RTC) `rings=N` times, asleep meanwhile:
 * `clock: N rings, E exits`. With `looks=1` it ends each interrupt by seeing in the APLIC that its
 * input is no longer active (AIA 1.0 §4.9.2, first option). With `leaves=MS` it does that in two
 * lives, and so many milliseconds after the first the clock rings; with `rung=1` the first ends
 * when it does.
 */
#include <axbare/arch/sbi.h>
#include <axbare/controller.h>
#include <axbare/hart.h>
#include <axbare/imsic.h>
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
#define SOURCE 11
#define AHEAD_MS 20

static bool looks;
static uint64_t leaves; /* milliseconds; 0: it does not */

void fail(const char *what)
{
    sayf("clock: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static volatile uint32_t *clock_at(uint32_t offset)
{
    return (volatile uint32_t *)(CLOCK + offset);
}

static void set_alarm(uint64_t ahead_ms)
{
    uint64_t low = *clock_at(TIME_LOW); /* the upper half stays as it is then */
    uint64_t at = ((uint64_t)*clock_at(TIME_HIGH) << 32 | low) + ahead_ms * 1000000;
    *clock_at(ALARM_HIGH) = (uint32_t)(at >> 32);
    *clock_at(ALARM_LOW) = (uint32_t)at;
}

/* The alarm of the first life rings: nothing of it may come to a second one that did not ask. */
static void see_it_ring(const struct machine *machine)
{
    if (machine->imsic != 0)
        imsic_open(WIRE_IDENTITY);
    uint64_t end = time_now() + machine->timebase * 2 * leaves / 1000;
    while (time_now() < end)
        if (interrupts_pending(IRQ_BIT(IRQ_SEI)))
            fail("the clock interrupts a guest that has not set it up");
}

static void handle(const struct controller *controller)
{
    if (!controller->claim(SOURCE))
        fail("an interrupt, but not the clock's");
    if (looks && !aplic_input(SOURCE))
        fail("the clock rings, but its input is not active");
    *clock_at(CLEAR_INTERRUPT) = 1;
    if (looks && aplic_input(SOURCE))
        fail("the clock is quiet, but its input is active");
    if (!looks)
        controller->end(SOURCE);
    if (interrupts_pending(IRQ_BIT(IRQ_SEI)))
        fail("the clock is quiet, but interrupts");
}

static uint64_t ring(const struct controller *controller, uint64_t rings)
{
    sbi_call(SBI_EXT_QUIET, SBI_QUIET_BEGIN, 0, 0, 0, 0);
    for (uint64_t n = 0; n < rings; n++) {
        set_alarm(AHEAD_MS);
        sleep_until_pending(IRQ_BIT(IRQ_SEI));
        handle(controller);
    }
    struct sbi_ret exits = sbi_call(SBI_EXT_QUIET, SBI_QUIET_END, 0, 0, 0, 0);
    return exits.error == SBI_SUCCESS ? (uint64_t)exits.value : 0;
}

/* The first life turns the clock's interrupt on, which no VM's end resets. */
static bool is_second_life(void)
{
    return *clock_at(IRQ_ENABLED) != 0;
}

/* A clock that has rung already interrupts the guest that sets it up. */
static void set_up(const struct controller *controller, const struct machine *machine)
{
    csr_set(sie, IRQ_BIT(IRQ_SEI));
    if (!is_second_life()) {
        controller->open(SOURCE);
        *clock_at(IRQ_ENABLED) = 1;
        return;
    }
    see_it_ring(machine);
    controller->open(SOURCE);
    sleep_until_pending(IRQ_BIT(IRQ_SEI));
    handle(controller);
}

static _Noreturn void leave_it_ringing(bool rung)
{
    set_alarm(leaves);
    if (rung)
        sleep_until_pending(IRQ_BIT(IRQ_SEI));
    reboot();
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    machine_read(&machine, fdt, id);
    uint64_t rings = bootargs_number(fdt, "rings", 10);
    bool is_second = is_second_life();
    leaves = bootargs_number(fdt, "leaves", 0);
    looks = bootargs_number(fdt, "looks", 0) != 0;
    const struct controller *controller = controller_of(fdt);
    set_up(controller, &machine);
    uint64_t exits = ring(controller, rings);
    sayf("clock: %" PRIu64 " rings, %" PRIu64 " exits\n", rings, exits);
    if (leaves != 0 && !is_second)
        leave_it_ringing(bootargs_number(fdt, "rung", 0) != 0);
    shut_down(SBI_SRST_NO_REASON);
}
