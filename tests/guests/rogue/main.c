/*
 * rogue: a guest that does everything wrong and judges the answers. What it expects is what the
 * specifications say and what QEMU's virt machine does, so it runs natively too.
 */
#include "cases.h"
#include "setup.h"
#include <libfdt.h>

_Noreturn void rogue_main(uint64_t id, const void *fdt);

static const char *bootargs(const void *fdt)
{
    const char *text = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL);
    return text ? text : "";
}

/* From boot.S. */
void rogue_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    const char *lacking = machine_read(&machine, fdt, id);
    if (lacking)
        fail(lacking);
    setup_floating_point();
    harts_init(&machine, id);
    ends(bootargs(fdt), &machine);
    instruction_cases(&machine);
    access_cases(&machine);
    device_cases();
    paging_cases();
    register_cases(id);
    timer_cases(&machine);
    call_cases(&machine, id);
    hart_cases(&machine, id);
    suspend_cases(&machine, id);
    check_summary();
    for (;;)
        sbi_call(SBI_EXT_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_NO_REASON, 0, 0);
}
