/*
 * Device registers: io_readN and io_writeN, of N = 8, 16, 32 or 64 bits, at a host virtual address,
 * which is naturally aligned and mapped by paging_map_device. A write comes after all memory
 * accesses before it, a read before all memory accesses after it, so that data and doorbell keep
 * order.
 */
#pragma once
#include <axhal/arch/io.h>
