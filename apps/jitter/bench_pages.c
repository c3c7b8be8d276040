/* The cost of the first and of a later store to a page: what a hypervisor's memory adds. */
#include "bench.h"
#include "report.h"
#include <axbare/arch/csr.h>

#define PAGE 4096
#define SIZE (UINT64_C(64) << 20)
#define ALIGNMENT (UINT64_C(2) << 20)
#define PAGES (SIZE / PAGE)

extern char image_end[];

static uint64_t align_up_2m(uint64_t address)
{
    return (address + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/* RAM that nobody has touched: behind the image, and behind the device tree if that is in the way.
 * 0 if there is not enough. */
static uint64_t find_untouched(const struct machine *machine)
{
    uint64_t base = align_up_2m((uintptr_t)image_end);
    if (base < machine->fdt_end && machine->fdt_base < base + SIZE)
        base = align_up_2m(machine->fdt_end);
    return base < machine->ram_end && SIZE <= machine->ram_end - base ? base : 0;
}

static uint64_t touch_pages(uint64_t base)
{
    uint64_t start = time_now();
    for (uint64_t page = base; page != base + SIZE; page += PAGE)
        *(volatile uint8_t *)page = 1;
    return time_now() - start;
}

void bench_pages(const struct machine *machine)
{
    uint64_t base = find_untouched(machine);
    if (base == 0)
        return;
    report_mean("page_touch_cold", touch_pages(base), PAGES);
    report_mean("page_touch_warm", touch_pages(base), PAGES);
}
