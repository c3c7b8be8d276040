/* The console and the end; see say.h. */
#include <axbare/arch/sbi.h>
#include <axbare/say.h>
#include <lib/assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LINE 201

void say(const char *text)
{
    size_t length = strlen(text);
    /* SBI 2.0 §12.1: fewer bytes may be written than asked for, also none; §12.3: one waits. */
    while (length > 0) {
        struct sbi_ret r = sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, length, (uintptr_t)text, 0, 0);
        if (r.error == SBI_SUCCESS && r.value == 0) {
            r = sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE, (uint8_t)*text, 0, 0, 0);
            r.value = 1;
        }
        if (r.error != SBI_SUCCESS)
            break;
        text += r.value;
        length -= (size_t)r.value;
    }
    for (; length > 0; length--)
        sbi_call(SBI_EXT_LEGACY_PUTCHAR, 0, (uint8_t)*text++, 0, 0, 0);
}

void sayf(const char *format, ...)
{
    char line[LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    say(line);
}

/* SBI 2.0 §10, and the legacy call for firmware older than SRST. */
void shut_down(enum sbi_srst_reason reason)
{
    sbi_call(SBI_EXT_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, reason, 0, 0);
    sbi_call(SBI_EXT_LEGACY_SHUTDOWN, 0, 0, 0, 0, 0);
    for (;;)
        __asm__ volatile("wfi");
}

void reboot(void)
{
    sbi_call(SBI_EXT_SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON, 0, 0);
    fail("it does not reboot");
}

/* Debian's libfdt is built with stack guards; __stack_chk_guard is picolibc's. */
_Noreturn void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
    fail("a function of libfdt overran its stack frame");
}

void assert_failed(const char *condition, const char *file, int line)
{
    sayf("%s:%d: expected %s\n", file, line, condition);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}
