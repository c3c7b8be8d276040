/* Verdicts and their lines; see check.h. */
#include "check.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static unsigned passed, failed;

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
    say(line);
}

void check_one(const char *name, const char *what, uint64_t got, uint64_t expected)
{
    check_equal(name, what, &got, &expected, 1);
}

void check_summary(void)
{
    sayf("rogue: %u passed, %u failed\n", passed, failed);
}

void fail(const char *what)
{
    sayf("rogue: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

void fail_stray(uint64_t cause, uint64_t pc, uint64_t tval)
{
    char line[160];
    snprintf(line, sizeof line, "stray trap: scause %" PRIx64 " sepc %" PRIx64 " stval %" PRIx64,
             cause, pc, tval);
    fail(line);
}
