#include "fake_panic.h"
#include <axhal/panic.h>
#include <stdio.h>

jmp_buf fake_panic_jump;
bool fake_panic_expected;
char fake_panic_message[160];

void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fake_panic_message, sizeof fake_panic_message, format, arguments);
    va_end(arguments);
    if (!fake_panic_expected)
        fail_msg("panic: %s", fake_panic_message);
    longjmp(fake_panic_jump, 1);
}
