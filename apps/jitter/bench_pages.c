/* The cost of the first and of a later store to a page: what a hypervisor's memory adds. */
#include "bench.h"
#include "report.h"
#include <axbare/arch/csr.h>

#define PAGE 4096
#define SIZE (UINT64_C(64) << 20)
#define PAGES (SIZE / PAGE)

static uint64_t touch_pages(uint64_t base)
{
    uint64_t start = time_now();
    for (uint64_t page = base; page != base + SIZE; page += PAGE)
        *(volatile uint8_t *)page = 1;
    return time_now() - start;
}

void bench_pages(const struct machine *machine)
{
    uint64_t base = machine_free_ram(machine, SIZE);
    if (base == 0)
        return;
    report_mean("page_touch_cold", touch_pages(base), PAGES);
    report_mean("page_touch_warm", touch_pages(base), PAGES);
}
