/*
 * watch: fills its free memory with a pattern and looks whether it stays, for ever: `watch N` each
 * time that all of it was there; only `watch: …` if not.
 */
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

#define SIZE UINT64_C(0x800000)
#define PERIOD 1000000 /* ticks: 100 ms of QEMU's 10 MHz */
#define PATTERN UINT64_C(0x5ca1ab1e0ddba11)

void fail(const char *what)
{
    sayf("watch: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void look(const volatile uint64_t *words)
{
    for (uint64_t i = 0; i < SIZE / sizeof *words; i++)
        if (words[i] != PATTERN + i)
            fail("somebody has written to my memory");
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    machine_read(&machine, fdt, id);
    volatile uint64_t *words = (volatile uint64_t *)machine_free_ram(&machine, SIZE);
    for (uint64_t i = 0; i < SIZE / sizeof *words; i++)
        words[i] = PATTERN + i;
    interrupts_enable(IRQ_BIT(IRQ_STI));
    for (uint64_t round = 1;; round++) {
        look(words);
        sayf("watch %" PRIu64 "\n", round);
        uint64_t old = harts[0].timers;
        timer_arm(time_now() + PERIOD);
        sleep_until_change(&harts[0].timers, old);
    }
}
