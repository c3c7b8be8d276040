/* For programs that read trees and have no machine: a driver that is found there is never used. */
#include <axhal/arch/io.h>
#include <axhal/paging.h>
#include <stdlib.h>

uint64_t fake_io_read(uintptr_t at, unsigned width)
{
    (void)at, (void)width;
    abort();
}

void fake_io_write(uintptr_t at, unsigned width, uint64_t value)
{
    (void)at, (void)width, (void)value;
    abort();
}

enum err paging_map_device(hpa_t base, uint64_t size)
{
    (void)base, (void)size;
    abort();
}
