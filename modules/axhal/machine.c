/* This machine, as its device tree has it: written once by the boot hart, and constant then. */
#include <axconfig/config.h>
#include <axhal/boot.h>
#include <axhal/panic.h>

static struct platform machine;

const struct platform *platform(void)
{
    return &machine;
}

enum err platform_read(const void *fdt, uint64_t boot_hart_id, const char **missing)
{
    return platform_parse(&machine, fdt, boot_hart_id, config_smp, missing);
}

void platform_take(struct memory_range range)
{
    if (!platform_reserve(&machine, range.base, range.size))
        panic("reserved memory: more than %u separate ranges inside memory; expected fewer",
              PLATFORM_MAX_RESERVED);
}
