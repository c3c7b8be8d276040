/*
 * scribes: two harts take the first bank of flash out of its array mode and back, ROUNDS times
 * each and at the same time. It prints `scribes: done` and ends.
 */
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>

#define FLASH UINT64_C(0x20000000)
#define STATUS UINT32_C(0x00700070)
#define ARRAY UINT32_C(0x00ff00ff)
#define ROUNDS 2000

static volatile uint64_t ready, done;

void fail(const char *what)
{
    sayf("scribes: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void write_commands(void)
{
    volatile uint32_t *flash = (volatile uint32_t *)FLASH;
    for (unsigned i = 0; i < ROUNDS; i++) {
        *flash = STATUS;
        *flash = ARRAY;
    }
}

static void second_main(void)
{
    ready = 1;
    write_commands();
    done = 1;
    stop_self();
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)fdt;
    if (second_start(1 - id, second_main) != SBI_SUCCESS)
        fail("no second hart");
    wait_for_change(&ready, 0, "the second hart does not come");
    write_commands();
    wait_for_change(&done, 0, "the second hart does not end");
    say("scribes: done\n");
    shut_down(SBI_SRST_NO_REASON);
}
