/*
 * duet: waits for a key and does what it stands for, for some seconds of its own clock (seconds=3;
 * what prints for ms=, if that is there):
 *
 *   p  pulse: arms a timer every 10 ms and sleeps, and prints nothing
 *   s  shout: DBCN writes of 256 bytes without a newline, as fast as it can
 *   l  lines: the same of lines of 64 bytes
 *   b  bytes: DBCN writes of a byte, which wait for room
 *   m  the same, by the UART's registers
 *   d  deaf: reads nothing for three times as long
 *
 * Any other key is nothing. Then it says `duet: done KEY COUNT` and waits for the next key; `q`
 * ends the machine. COUNT is how often it came to its end of a round.
 */
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <string.h>

#define TIMEBASE 10000000 /* QEMU's */
#define PERIOD (TIMEBASE / 100)
#define SIZE 256
#define UART_THR UINT64_C(0x10000000)

static char text[SIZE];
static uint64_t deadline;
static uint64_t seconds, printing_ms; /* of a key */

void fail(const char *what)
{
    sayf("duet: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void nap(void)
{
    uint64_t old = harts[0].timers;
    timer_arm(time_now() + PERIOD);
    sleep_until_change(&harts[0].timers, old);
}

static void write_text(void)
{
    sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, SIZE, (uintptr_t)text, 0, 0);
}

static void write_byte(void)
{
    if (sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE, 'b', 0, 0, 0).error != SBI_SUCCESS)
        fail("a byte was refused");
}

static void store_byte(void)
{
    *(volatile uint8_t *)UART_THR = 'm';
}

static void fill(uint64_t line)
{
    memset(text, 'x', SIZE);
    for (uint64_t end = line; line != 0 && end <= SIZE; end += line)
        text[end - 1] = '\n';
}

static uint64_t repeat(void (*act)(void))
{
    uint64_t count = 0;
    for (; time_now() < deadline; count++)
        act();
    return count;
}

static uint64_t play(char key)
{
    bool prints = strchr("slbm", key) != NULL;
    uint64_t ms = prints ? printing_ms : (key == 'd' ? 3 : 1) * seconds * 1000;
    deadline = time_now() + ms * (TIMEBASE / 1000);
    fill(key == 'l' ? 64 : 0);
    switch (key) {
    case 's':
    case 'l':
        return repeat(write_text);
    case 'b':
        return repeat(write_byte);
    case 'm':
        return repeat(store_byte);
    default:
        return repeat(nap);
    }
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    seconds = bootargs_number(fdt, "seconds", 3);
    printing_ms = bootargs_number(fdt, "ms", 1000 * seconds);
    char key;
    interrupts_enable(IRQ_BIT(IRQ_STI));
    say("duet: here\n");
    for (;;) {
        while (sbi_call(SBI_EXT_DBCN, SBI_DBCN_READ, 1, (uintptr_t)&key, 0, 0).value != 1)
            nap();
        if (strchr("pslbmdq", key) == NULL)
            continue;
        if (key == 'q')
            shut_down(SBI_SRST_NO_REASON);
        uint64_t count = play(key);
        sayf("\nduet: done %c %" PRIu64 "\n", key, count);
    }
}
