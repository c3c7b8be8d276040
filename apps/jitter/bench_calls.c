/* The cost of an SBI call. */
#include "bench.h"
#include "report.h"
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>

#define ROUNDS 10000

static void bench_null(void)
{
    uint64_t start = time_now();
    for (int i = 0; i < ROUNDS; i++)
        sbi_call(SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 0, 0, 0, 0);
    report_mean("null_sbi", time_now() - start, ROUNDS);
}

static void bench_set_timer(void)
{
    uint64_t start = time_now();
    for (int i = 0; i < ROUNDS; i++)
        sbi_set_timer(UINT64_MAX);
    report_mean("sbi_set_timer", time_now() - start, ROUNDS);
}

void bench_calls(void)
{
    bench_null();
    bench_set_timer();
}
