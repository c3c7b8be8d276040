#include <axhal/counter.h>
#include <axhal/firmware.h>

static struct sbi_ret pmu_call(uint64_t function, uint64_t arg0, uint64_t arg1, uint64_t arg2,
                               uint64_t arg3, uint64_t arg4)
{
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a3 __asm__("a3") = arg3;
    register uint64_t a4 __asm__("a4") = arg4;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = SBI_EXT_PMU;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                     : "memory");
    return (struct sbi_ret){.error = (long)a0, .value = (long)a1};
}

uint32_t counter_limit(void)
{
    if (!firmware_has(SBI_EXT_PMU))
        return 0;
    struct sbi_ret ret = pmu_call(SBI_PMU_NUM_COUNTERS, 0, 0, 0, 0, 0);
    return ret.error == SBI_SUCCESS ? (uint32_t)ret.value : 0;
}

struct sbi_ret counter_info(uint32_t index)
{
    return pmu_call(SBI_PMU_COUNTER_INFO, index, 0, 0, 0, 0);
}

struct sbi_ret counter_configure(uint64_t mask, uint64_t flags, uint64_t event, uint64_t data)
{
    return pmu_call(SBI_PMU_CONFIG_MATCHING, 0, mask, flags, event, data);
}

long counter_start(uint32_t index, uint64_t flags, uint64_t value)
{
    return pmu_call(SBI_PMU_START, index, 1, flags, value, 0).error;
}

long counter_stop(uint32_t index, uint64_t flags)
{
    return pmu_call(SBI_PMU_STOP, index, 1, flags, 0, 0).error;
}
