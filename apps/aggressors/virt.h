/* Devices of QEMU's virt machine, and of the guests' machine, which is alike. */
#pragma once
#include <stdint.h>

#define VIRT_RTC UINT64_C(0x101000)
#define VIRT_PLIC UINT64_C(0x0c000000)
#define VIRT_UART UINT64_C(0x10000000)

static inline uint8_t mmio_read8(uint64_t at)
{
    return *(const volatile uint8_t *)at;
}

static inline void mmio_write8(uint64_t at, uint8_t value)
{
    *(volatile uint8_t *)at = value;
}

static inline uint32_t mmio_read32(uint64_t at)
{
    return *(const volatile uint32_t *)at;
}

static inline void mmio_write32(uint64_t at, uint32_t value)
{
    *(volatile uint32_t *)at = value;
}
