/*
 * What picolibc and libfdt ask of a program (their own versions pull in a process model; libfdt is
 * built with the stack protector), and memcpy and memset at memory speed.
 */
#include <axhal/panic.h>
#include <lib/bulk.h>
#include <stdint.h>
#include <string.h>

void __stack_chk_fail(void) __attribute__((noreturn));

uintptr_t __stack_chk_guard = 0x5374696c6c686172;

void __stack_chk_fail(void)
{
    panic("a function wrote beyond its stack frame");
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    bulk_copy(to, from, size);
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    bulk_fill(to, (uint8_t)byte, size);
    return to;
}
