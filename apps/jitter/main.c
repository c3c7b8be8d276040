/*
 * jitter: the embedded guest and benchmark. A bare S-mode program that needs nothing but an SBI
 * and a device tree, so the same binary is measured natively over the firmware and in a VM.
 */
#include "bench.h"
#include "report.h"
#include <stddef.h>

const char program_name[] = "jitter";

/* From axbare. */
void bare_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    machine_read(&machine, fdt, id);
    report_calibrate(machine.timebase);
    bench_pages(&machine); /* first, while the RAM is untouched */
    bench_calls();
    bench_timer(&machine);
    bench_ipi_self(id);
    bench_imsic_self(&machine);
    bench_harts(&machine);
    report_done();
}
