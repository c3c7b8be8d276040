/*
 * quiet: waits for a key, as often as one is typed, and then takes `beats=N` timer interrupts, a
 * millisecond apart, every other one in wfi:
 *
 *   g    under a contract to take no exits, which it begins and ends
 *   s    the same, and spoils it with a call, a look at the contract and a device's register
 *   r    begins one and reboots
 *   b    without a contract of its own
 *
 * It prints `quiet: ready` before it waits, `quiet: obeys` as the last before it begins, and
 * `quiet: N beats, E exits` with what the contract's end returned (E).
 */
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

#define CLOCK UINT64_C(0x101000) /* the RTC's time */

static uint64_t beats, period;

void fail(const char *what)
{
    sayf("quiet: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static uint64_t ask(uint64_t function, uint64_t argument)
{
    struct sbi_ret ret = sbi_call(SBI_EXT_QUIET, function, argument, 0, 0, 0);
    if (ret.error == SBI_SUCCESS)
        return (uint64_t)ret.value;
    sayf("quiet: FAIL: function %" PRIu64 ": error %ld\n", function, ret.error);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static int wait_for_key(void)
{
    long key;
    do
        key = sbi_call(SBI_EXT_LEGACY_GETCHAR, 0, 0, 0, 0, 0).error;
    while (key < 0);
    return (int)key;
}

static void beat(void)
{
    uint64_t deadline = time_now();
    for (uint64_t n = 0; n < beats; n++) {
        uint64_t old = harts[0].timers;
        timer_arm(deadline += period);
        if (n % 2 == 0)
            sleep_until_change(&harts[0].timers, old);
        else
            wait_for_change(&harts[0].timers, old, "a timer did not fire");
    }
}

static void spoil(uint64_t id)
{
    sbi_hart_status(id);
    ask(SBI_QUIET_STATUS, SBI_QUIET_TICKS);
    (void)*(const volatile uint32_t *)CLOCK;
    (void)*(const volatile uint32_t *)CLOCK;
}

static void obey(int key, uint64_t id)
{
    uint64_t exits = 0;
    say("quiet: obeys\n");
    if (key != 'b')
        ask(SBI_QUIET_BEGIN, 0);
    if (key == 'r')
        reboot();
    if (key == 's')
        spoil(id);
    beat();
    if (key != 'b')
        exits = ask(SBI_QUIET_END, 0);
    sayf("quiet: %" PRIu64 " beats, %" PRIu64 " exits\n", beats, exits);
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    machine_read(&machine, fdt, id);
    period = machine.timebase / 1000;
    beats = bootargs_number(fdt, "beats", 1000);
    timer_use_sstc(machine.has_sstc);
    interrupts_enable(IRQ_BIT(IRQ_STI));
    for (;;) {
        say("quiet: ready\n");
        obey(wait_for_key(), id);
    }
}
