/*
 * What picolibc and libfdt ask of a program (their own versions pull in a process model). libfdt
 * is built with the stack protector.
 */
#include <axhal/panic.h>
#include <stdint.h>

void __stack_chk_fail(void) __attribute__((noreturn));

uintptr_t __stack_chk_guard = 0x5374696c6c686172;

void __stack_chk_fail(void)
{
    panic("a function wrote beyond its stack frame");
}
