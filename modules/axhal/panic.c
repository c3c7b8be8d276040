#include <axhal/firmware.h>
#include <axhal/panic.h>
#include <lib/assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static panic_handler_t panic_handler;

void panic_set_handler(panic_handler_t handler)
{
    panic_handler = handler;
}

void panic(const char *format, ...)
{
    char message[160];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (panic_handler != NULL)
        panic_handler(message);
    firmware_console_write(message, strlen(message));
    firmware_console_write("\r\n", 2);
    firmware_shutdown(true);
}

void assert_failed(const char *condition, const char *file, int line)
{
    panic("%s:%d: expected %s", file, line, condition);
}
