/* Device registers of the unit tests: the test plays the device. */
#pragma once
#include <stdint.h>

uint64_t fake_io_read(uintptr_t at, unsigned width);
void fake_io_write(uintptr_t at, unsigned width, uint64_t value);

#define IO_ACCESSORS(bits)                                                                         \
    static inline uint##bits##_t io_read##bits(uintptr_t at)                                       \
    {                                                                                              \
        return (uint##bits##_t)fake_io_read(at, bits / 8);                                         \
    }                                                                                              \
    static inline void io_write##bits(uintptr_t at, uint##bits##_t v)                              \
    {                                                                                              \
        fake_io_write(at, bits / 8, v);                                                            \
    }
IO_ACCESSORS(8)
IO_ACCESSORS(16)
IO_ACCESSORS(32)
IO_ACCESSORS(64)
#undef IO_ACCESSORS
