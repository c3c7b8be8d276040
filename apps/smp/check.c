#include "check.h"
#include <axlog/log.h>
#include <stdarg.h>
#include <stdio.h>

static unsigned passed, failed;

void check(bool holds, const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    print_line("%s %s", holds ? "ok" : "not ok", text);
    *(holds ? &passed : &failed) += 1;
}

bool checks_report(void)
{
    print_line("smp: %u passed, %u failed", passed, failed);
    return failed == 0;
}
