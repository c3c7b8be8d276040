/* Verdicts and their lines; see check.h. */
#include "check.h"
#include "../../../apps/jitter/sbi.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static unsigned passed, failed;

void print(const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        struct sbi_ret r = sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, length, (uintptr_t)text, 0, 0);
        if (r.error != SBI_SUCCESS)
            return;
        text += r.value;
        length -= (size_t)r.value;
    }
}

static int append(char *line, int at, int size, const char *head, const uint64_t *values, size_t n)
{
    at += snprintf(line + at, (size_t)(size - at), "%s", head);
    for (size_t i = 0; i < n && at < size; i++)
        at += snprintf(line + at, (size_t)(size - at), " %" PRIx64, values[i]);
    return at < size ? at : size - 1;
}

void check_equal(const char *name, const char *what, const uint64_t *got, const uint64_t *expected,
                 size_t count)
{
    char line[240];
    const int size = sizeof line - 1;
    if (memcmp(got, expected, count * sizeof *got) == 0) {
        snprintf(line, sizeof line, "ok %s\n", name);
        passed++;
    } else {
        int at = snprintf(line, sizeof line, "not ok %s: %s:", name, what);
        at = append(line, at, size, " got", got, count);
        at = append(line, at, size, ", expected", expected, count);
        memcpy(line + at, "\n", 2);
        failed++;
    }
    print(line);
}

void check_one(const char *name, const char *what, uint64_t got, uint64_t expected)
{
    check_equal(name, what, &got, &expected, 1);
}

void check_summary(void)
{
    char line[80];
    snprintf(line, sizeof line, "rogue: %u passed, %u failed\n", passed, failed);
    print(line);
}

void fail(const char *what)
{
    char line[200];
    snprintf(line, sizeof line, "rogue: %s\n", what);
    print(line);
    for (;;)
        sbi_call(SBI_EXT_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_SYSTEM_FAILURE, 0, 0);
}

void fail_stray(uint64_t cause, uint64_t pc, uint64_t tval)
{
    char line[160];
    snprintf(line, sizeof line, "stray trap: scause %" PRIx64 " sepc %" PRIx64 " stval %" PRIx64,
             cause, pc, tval);
    fail(line);
}

/* Debian's libfdt is built with stack guards; __stack_chk_guard is picolibc's. */
_Noreturn void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
    fail("a function of libfdt overran its stack frame");
}
