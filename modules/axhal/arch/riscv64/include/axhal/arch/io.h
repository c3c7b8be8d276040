/* See axhal/io.h. The fences are those that the ISA gives for it (Unpriv §17.5, table A.5). */
#pragma once
#include <stdint.h>

#define IO_ACCESSORS(width)                                                                        \
    static inline uint##width##_t io_read##width(uintptr_t at)                                     \
    {                                                                                              \
        uint##width##_t value = *(const volatile uint##width##_t *)at;                             \
        __asm__ volatile("fence i, ir" ::: "memory");                                              \
        return value;                                                                              \
    }                                                                                              \
    static inline void io_write##width(uintptr_t at, uint##width##_t v)                            \
    {                                                                                              \
        __asm__ volatile("fence rw, o" ::: "memory");                                              \
        *(volatile uint##width##_t *)at = v;                                                       \
    }
IO_ACCESSORS(8)
IO_ACCESSORS(16)
IO_ACCESSORS(32)
IO_ACCESSORS(64)
#undef IO_ACCESSORS
