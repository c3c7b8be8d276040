/*
 * Device registers: io_read8, io_read32, io_write8, io_write32 at a host virtual address, which is
 * naturally aligned and mapped by paging_map_device. A write comes after all memory accesses
 * before it, a read before all memory accesses behind it, so that data and doorbell keep order.
 */
#pragma once
#include <axhal/arch/io.h>
