#include <axdriver/finisher.h>
#include <axdriver/hardware.h>
#include <axhal/firmware.h>
#include <axhal/io.h>
#include <axhal/paging.h>

#define FINISHER_FAIL UINT32_C(0x3333) /* the status in the upper half */
#define STATUS_FAILED UINT32_C(1)

static hpa_t finisher;

static void finish_failed(void)
{
    io_write32((uintptr_t)finisher.a, STATUS_FAILED << 16 | FINISHER_FAIL);
}

void finisher_init(const void *fdt)
{
    finisher = hardware_of_machine(fdt)->finisher;
    if (finisher.a != 0 && paging_map_device(finisher, sizeof(uint32_t)) == OK)
        firmware_set_failure_hook(finish_failed);
}
