#include <axhal/arch/cpu.h>
#include <axhal/finisher.h>
#include <axhal/firmware.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/time.h>

#define FINISHER_FAIL UINT32_C(0x3333) /* the status in the upper half */
#define STATUS_FAILED UINT32_C(1)
#define END_TICKS 10000000 /* a second on QEMU; the tree's timebase may be what is missing */

static hpa_t finisher;

/* Once: a fault in here would come here again. The machine ends a little later, and a shutdown by
 * the firmware in between would hide the status. */
static void finish_failed(void)
{
    hpa_t at = finisher;
    uint64_t start = time_now();
    finisher = hpa(0);
    if (at.a == 0)
        return;
    io_write32((uintptr_t)at.a, STATUS_FAILED << 16 | FINISHER_FAIL);
    while (time_now() - start < END_TICKS)
        cpu_relax();
}

void finisher_init(const struct platform *p)
{
    finisher = p->finisher;
    firmware_set_failure_hook(finish_failed);
}

void finisher_map(void)
{
    if (finisher.a != 0 && paging_map_device(finisher, sizeof(uint32_t)) != OK)
        finisher = hpa(0);
}
