#include <axhal/counter.h>
#include <axhal/firmware.h>
#include <lib/arch/ecall.h>

uint32_t counter_limit(void)
{
    if (!firmware_has(SBI_EXT_PMU))
        return 0;
    struct sbi_ret ret = ECALL(SBI_EXT_PMU, SBI_PMU_NUM_COUNTERS, 0, 0);
    return ret.error == SBI_SUCCESS ? (uint32_t)ret.value : 0;
}

struct sbi_ret counter_info(uint32_t index)
{
    return ECALL(SBI_EXT_PMU, SBI_PMU_COUNTER_INFO, index, 0);
}

struct sbi_ret counter_configure(uint64_t mask, uint64_t flags, uint64_t event, uint64_t data)
{
    return ECALL(SBI_EXT_PMU, SBI_PMU_CONFIG_MATCHING, 0, mask, flags, event, data);
}

long counter_start(uint32_t index, uint64_t flags, uint64_t value)
{
    return ECALL(SBI_EXT_PMU, SBI_PMU_START, index, 1, flags, value).error;
}

long counter_stop(uint32_t index, uint64_t flags)
{
    return ECALL(SBI_EXT_PMU, SBI_PMU_STOP, index, 1, flags).error;
}
