/*
 * The host's hardware counters, as its firmware gives them. What the guest configures is the
 * firmware's from then on; of the host and the firmware nothing is counted, where the hart can
 * tell (SBI 3.0 §11.8, the INH flags).
 */
#include <axhal/counter.h>
#include <axsbi/sbi.h>
#include "pmu.h"

#define CSR_CYCLE 0xC00
#define CSR_TIME_BIT BIT(1)
#define HOST_INDEXES 64

/* Written once, before any VM. */
static uint64_t present;
static struct {
    uint32_t host; /* the firmware's index */
    uint64_t info;
} hardware[PMU_HARDWARE];

void sbi_init(void)
{
    uint32_t limit = counter_limit();
    for (uint32_t i = 0; i < limit && i < HOST_INDEXES; i++) {
        struct sbi_ret ret = counter_info(i);
        uint64_t info = (uint64_t)ret.value;
        uint64_t n = (info & SBI_PMU_INFO_CSR) - CSR_CYCLE;
        if (ret.error != SBI_SUCCESS || (info & SBI_PMU_INFO_FIRMWARE) || n >= PMU_HARDWARE)
            continue;
        hardware[n].host = i;
        hardware[n].info = info & (SBI_PMU_INFO_CSR | SBI_PMU_INFO_WIDTH);
        present |= BIT(n) & ~CSR_TIME_BIT;
    }
}

uint64_t pmu_hardware(void)
{
    return present;
}

uint64_t pmu_hardware_info(unsigned n)
{
    return hardware[n].info;
}

/* The guest's S and U are VS and VU here. */
static uint64_t host_flags(uint64_t flags)
{
    uint64_t host = flags & (SBI_PMU_CLEAR_VALUE | SBI_PMU_VUINH | SBI_PMU_VSINH);
    if (flags & SBI_PMU_UINH)
        host |= SBI_PMU_VUINH;
    if (flags & SBI_PMU_SINH)
        host |= SBI_PMU_VSINH;
    return host | SBI_PMU_UINH | SBI_PMU_SINH | SBI_PMU_MINH;
}

static long find(uint64_t set, uint32_t host)
{
    for (; set != 0; set &= set - 1) {
        unsigned n = (unsigned)__builtin_ctzll(set);
        if (hardware[n].host == host)
            return n;
    }
    return SBI_ERR_NOT_SUPPORTED;
}

long pmu_hardware_configure(struct vcpu *vcpu, uint64_t set, uint64_t flags, uint64_t event,
                            uint64_t data)
{
    uint64_t mask = 0;
    for (uint64_t rest = set; rest != 0; rest &= rest - 1)
        mask |= BIT(hardware[__builtin_ctzll(rest)].host);
    if (mask == 0)
        return SBI_ERR_NOT_SUPPORTED;
    struct sbi_ret ret = counter_configure(mask, host_flags(flags), event, data);
    if (ret.error != SBI_SUCCESS)
        return SBI_ERR_NOT_SUPPORTED;
    long n = find(set, (uint32_t)ret.value);
    if (n >= 0)
        vcpu_give_counter(vcpu, (unsigned)n, true);
    return n;
}

/* Firmware lets some counters run from its boot on: such a one begins anew. */
long pmu_hardware_start(unsigned n, uint64_t flags, uint64_t value)
{
    long error = counter_start(hardware[n].host, flags, value);
    if (error != SBI_ERR_ALREADY_STARTED)
        return error;
    counter_stop(hardware[n].host, 0);
    return counter_start(hardware[n].host, flags, value);
}

void pmu_hardware_stop(unsigned n)
{
    counter_stop(hardware[n].host, 0);
}

void pmu_hardware_release(struct vcpu *vcpu, unsigned n)
{
    vcpu_give_counter(vcpu, n, false);
    counter_stop(hardware[n].host, SBI_PMU_STOP_RESET);
}
