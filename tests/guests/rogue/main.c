/*
 * rogue: a guest that does everything wrong and judges the answers. What it expects is what the
 * specifications say and what QEMU's virt machine does, so it runs natively too.
 */
#include "cases.h"
#include "setup.h"

/* From axbare. */
void bare_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    csr_write(stvec, (uintptr_t)stray_trap);
    machine_read(&machine, fdt, id);
    setup_floating_point();
    harts_init(&machine, id);
    ends(bootargs(fdt), &machine);
    shared_cases(bootargs(fdt), &machine);
    aia_cases(bootargs(fdt), &machine);
    instruction_cases(&machine);
    access_cases(&machine);
    device_cases();
    paging_cases();
    register_cases(id);
    timer_cases(&machine);
    call_cases(&machine, id);
    feature_cases();
    view_cases(&machine);
    hart_cases(&machine, id);
    suspend_cases(&machine, id);
    check_summary();
    shut_down(SBI_SRST_NO_REASON);
}
