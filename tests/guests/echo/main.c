/*
 * echo: a prompt, and for each line that is typed `got LINE`, where a control character is ^X. The
 * line `off` ends the machine, `fail` ends it as failed, after `deaf` it stops reading, and `trap`
 * does what its machine can't.
 */
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <stdbool.h>
#include <string.h>

#define PERIOD 100000 /* ticks between looks: 10 ms of QEMU's 10 MHz */
#define LINE 64

static char line[LINE];
static size_t length;

void fail(const char *what)
{
    sayf("echo: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static bool obey(void)
{
    sayf("\ngot %s\n", line);
    if (strcmp(line, "off") == 0)
        shut_down(SBI_SRST_NO_REASON);
    if (strcmp(line, "fail") == 0)
        shut_down(SBI_SRST_SYSTEM_FAILURE);
    if (strcmp(line, "trap") == 0)
        __asm__ volatile("csrr zero, hgatp");
    bool listens = strcmp(line, "deaf") != 0;
    say(listens ? "echo> " : "deaf\n");
    memset(line, 0, sizeof line);
    length = 0;
    return listens;
}

static bool take(char byte)
{
    if (byte == '\r')
        return obey();
    if (length + 2 < LINE && byte < ' ')
        line[length++] = '^';
    if (length + 1 < LINE)
        line[length++] = byte < ' ' ? (char)(byte + '@') : byte;
    return true;
}

static void nap(void)
{
    uint64_t old = harts[0].timers;
    timer_arm(time_now() + PERIOD);
    sleep_until_change(&harts[0].timers, old);
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    (void)fdt;
    char byte;
    bool listens = true;
    interrupts_enable(IRQ_BIT(IRQ_STI));
    say("echo: here\necho> ");
    for (;; nap())
        while (listens &&
               sbi_call(SBI_EXT_DBCN, SBI_DBCN_READ, 1, (uintptr_t)&byte, 0, 0).value == 1)
            listens = take(byte);
}
