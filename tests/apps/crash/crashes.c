#include "crashes.h"
#include <axhal/panic.h>

#define RETURN 0x00008067 /* the instruction ret */
#define FIRMWARE 0x80000000

const uint32_t crash_constant = RETURN;
uint32_t crash_data = RETURN;

/* The address is hidden from the compiler, which would see what is wrong. */
static volatile uint32_t *at(uint64_t address)
{
    __asm__("" : "+r"(address));
    return (volatile uint32_t *)address;
}

static void call(uint64_t address)
{
    __asm__("" : "+r"(address));
    ((void (*)(void))address)();
}

static uint64_t __attribute__((noipa)) recurse(uint64_t depth)
{
    volatile uint64_t frame[8] = {depth};
    return frame[0] == UINT64_MAX ? 0 : recurse(depth + 1) + frame[0];
}

void crash_overflow(void)
{
    recurse(0);
}

void crash_rodata(void)
{
    *at((uintptr_t)&crash_constant) = 0;
}

void crash_text(void)
{
    *at((uintptr_t)crash_text) = 0;
}

void crash_null(void)
{
    (void)*at(0);
}

void crash_firmware(void)
{
    (void)*at(FIRMWARE);
}

void crash_jump(void)
{
    call((uintptr_t)&crash_data);
}

void crash_jump_stack(void)
{
    uint32_t code[2] = {RETURN};
    call((uintptr_t)code);
}

void crash_illegal(void)
{
    __asm__ volatile(".4byte 0xffffffff");
}

void crash_panic(void)
{
    panic("the answer is %d", 42);
}
