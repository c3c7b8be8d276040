/*
 * The host's hardware counters, as its firmware gives them. What the guest configures is the
 * firmware's from then on; of the host and the firmware nothing is counted, where the hart can
 * tell (SBI 3.0 §11.8, the INH flags).
 *
 * cycle and instret run from a hart's start on, as they do natively, whatever another VM has left
 * them in: while the guest has no event in one, the hart's own stands there.
 */
#include <axhal/counter.h>
#include <axhal/platform.h>
#include <axsbi/sbi.h>
#include <lib/assert.h>
#include "pmu.h"

#define CSR_CYCLE 0xC00
#define CSR_TIME_BIT BIT(1)
#define HOST_INDEXES 64

/* The hart counts these in one counter each, and nothing else there (Priv 1.13 §3.1.10). */
static const struct {
    unsigned n;
    uint64_t event;
} fixed[] = {{0, SBI_PMU_CYCLES}, {2, SBI_PMU_INSTRUCTIONS}};

/* Written once, before any VM. */
static uint64_t present;
static bool others_filter; /* with Sscofpmf, where cycle and instret perhaps can't (Smcntrpmf) */
static struct {
    uint32_t host; /* the firmware's index */
    uint64_t info;
} hardware[PMU_HARDWARE];

void sbi_init(void)
{
    uint32_t limit = counter_limit();
    others_filter = platform_has_extension(platform(), "sscofpmf");
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
    DEBUG_ASSERT(n < PMU_HARDWARE);
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
    for (unsigned n = 0; set != 0; n++, set >>= 1)
        if ((set & 1) && hardware[n].host == host)
            return n;
    return SBI_ERR_NOT_SUPPORTED;
}

/* No counter of `set` has an event. */
static long configure(uint64_t set, uint64_t flags, uint64_t event, uint64_t data)
{
    uint64_t mask = 0;
    uint64_t rest = set;
    for (unsigned n = 0; rest != 0; n++, rest >>= 1)
        if (rest & 1)
            mask |= BIT(hardware[n].host);
    if (mask == 0)
        return SBI_ERR_NOT_SUPPORTED;
    struct sbi_ret ret = counter_configure(mask, host_flags(flags), event, data);
    return ret.error == SBI_SUCCESS ? find(set, (uint32_t)ret.value) : SBI_ERR_NOT_SUPPORTED;
}

unsigned pmu_hardware_fixed(uint64_t event)
{
    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        if (fixed[i].event == event && (present & BIT(fixed[i].n)))
            return fixed[i].n;
    return PMU_HARDWARE;
}

static void take(struct pmu *pmu, unsigned n, uint64_t event)
{
    if ((present & BIT(n)) && configure(BIT(n), 0, event, 0) >= 0)
        pmu->running |= BIT(n);
}

/* Firmware that has let it run since its boot says that it is started already. */
static void start_taken(const struct pmu *pmu, unsigned n)
{
    if (pmu->running & BIT(n))
        (void)counter_start(hardware[n].host, 0, 0);
}

static void run(struct pmu *pmu, unsigned n, uint64_t event)
{
    take(pmu, n, event);
    start_taken(pmu, n);
}

bool pmu_hardware_run(struct pmu *pmu, unsigned step)
{
    const unsigned i = step / 2;
    if (i >= ARRAY_SIZE(fixed))
        return false;
    if (step % 2 == 0)
        take(pmu, fixed[i].n, fixed[i].event);
    else
        start_taken(pmu, fixed[i].n);
    return true;
}

void pmu_hardware_rest(struct pmu *pmu)
{
    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        if (pmu->running & BIT(fixed[i].n))
            (void)counter_stop(hardware[fixed[i].n].host, SBI_PMU_STOP_RESET);
    pmu->running = 0;
}

/* Gives the guest a counter that has run for itself. */
static long configure_fixed(struct pmu *pmu, unsigned n, uint64_t flags, uint64_t event)
{
    (void)counter_stop(hardware[n].host, SBI_PMU_STOP_RESET);
    pmu->running &= ~BIT(n);
    long got = configure(BIT(n), flags, event, 0);
    if (got < 0)
        run(pmu, n, event);
    return got;
}

long pmu_hardware_configure(struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                            uint64_t data)
{
    DEBUG_ASSERT((set & ~present) == 0);
    const uint64_t mine = pmu->running;
    const unsigned n = pmu_hardware_fixed(event);
    const bool has_fixed = n < PMU_HARDWARE && (set & mine & BIT(n)) != 0 && data == 0;
    if (has_fixed && !others_filter)
        return configure_fixed(pmu, n, flags, event);
    long got = configure(set & ~mine, flags, event, data);
    return got < 0 && has_fixed ? configure_fixed(pmu, n, flags, event) : got;
}

/* Firmware lets some counters run from its boot on: such a one begins anew. */
long pmu_hardware_start(unsigned n, uint64_t flags, uint64_t value)
{
    DEBUG_ASSERT(n < PMU_HARDWARE && (present & BIT(n)) != 0);
    long error = counter_start(hardware[n].host, flags, value);
    if (error != SBI_ERR_ALREADY_STARTED)
        return error;
    counter_stop(hardware[n].host, 0);
    return counter_start(hardware[n].host, flags, value);
}

long pmu_hardware_stop(unsigned n)
{
    DEBUG_ASSERT(n < PMU_HARDWARE && (present & BIT(n)) != 0);
    long error = counter_stop(hardware[n].host, 0);
    return error == SBI_ERR_ALREADY_STOPPED ? SBI_SUCCESS : error;
}

/* It may be stopped, which is an error that says so. */
void pmu_hardware_release(struct pmu *pmu, unsigned n)
{
    DEBUG_ASSERT(n < PMU_HARDWARE && (present & BIT(n)) != 0);
    (void)counter_stop(hardware[n].host, SBI_PMU_STOP_RESET);
    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        if (fixed[i].n == n)
            run(pmu, n, fixed[i].event);
}

void pmu_hardware_clear(unsigned n)
{
    DEBUG_ASSERT(n < PMU_HARDWARE && (present & BIT(n)) != 0);
    (void)counter_start(hardware[n].host, SBI_PMU_START_SET_VALUE, 0);
    (void)counter_stop(hardware[n].host, SBI_PMU_STOP_RESET);
}
