#include <axdriver/finisher.h>
#include <axdriver/hardware.h>
#include <axhal/arch/cpu.h>
#include <axhal/firmware.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/time.h>

#define FINISHER_FAIL UINT32_C(0x3333) /* the status in the upper half */
#define STATUS_FAILED UINT32_C(1)
#define END_MS 1000

static hpa_t finisher;

/* The machine ends a little later: a shutdown by the firmware in between would hide the status. */
static void finish_failed(void)
{
    uint64_t deadline = time_now() + time_ms_to_ticks(END_MS);
    io_write32((uintptr_t)finisher.a, STATUS_FAILED << 16 | FINISHER_FAIL);
    while (time_now() < deadline)
        cpu_relax();
}

void finisher_init(const void *fdt)
{
    finisher = hardware_of_machine(fdt)->finisher;
    if (finisher.a != 0 && paging_map_device(finisher, sizeof(uint32_t)) == OK)
        firmware_set_failure_hook(finish_failed);
}
