/* SBI calls that take long; those that take no time are here too, since one may begin to. */
#include "longest.h"
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>
#include <stddef.h>
#include <string.h>

#define TEXT 4096
#define EVENTS 512
#define ALL UINT64_MAX
#define FIRMWARE_COUNTERS 32 /* the first one */
#define COUNTERS 48
#define STOLEN 1
#define COLUMN 0x100

struct event {
    uint32_t event, output;
    uint64_t data;
};

static char text[TEXT];
static struct event events[EVENTS] __attribute__((aligned(16)));
static uint64_t area[512] __attribute__((aligned(4096)));

#define CALL(extension, function, ...)                                                             \
    ecall(SBI_EXT_##extension, function, ECALL_MOST, (const uint64_t[ECALL_MOST]){__VA_ARGS__})

/* Lines, control characters, and neither; more than one call takes. */
static void console_calls(void)
{
    static const char *const patterns[] = {"x", "\n", "\x1b", "\x1b[2J\n", "\xff\xc3"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const size_t length = strlen(patterns[i]);
        for (size_t at = 0; at < TEXT; at++)
            text[at] = patterns[i][at % length];
        for (unsigned n = 0; n < 4; n++)
            CALL(DBCN, SBI_DBCN_WRITE, TEXT, (uintptr_t)text);
    }
    CALL(DBCN, SBI_DBCN_READ, TEXT, (uintptr_t)text);
    CALL(DBCN, SBI_DBCN_WRITE_BYTE, '\n');
    CALL(DBCN, SBI_DBCN_WRITE_BYTE, '\x1b');
    CALL(LEGACY_PUTCHAR, 0, '\n');
    CALL(LEGACY_GETCHAR, 0, 0);
}

static void fence_calls(void)
{
    CALL(IPI, SBI_IPI_SEND, 0, ALL);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
    for (uint64_t function = 0; function <= SBI_RFENCE_HFENCE_VVMA; function++)
        CALL(RFENCE, function, 0, ALL, 0, ALL, 0);
}

static void hart_calls(uint64_t self)
{
    CALL(HSM, SBI_HSM_START, self, (uintptr_t)text);
    CALL(HSM, SBI_HSM_STATUS, self);
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    CALL(IPI, SBI_IPI_SEND, 0, ALL);
    CALL(HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_RETENTIVE); /* which the pending IPI ends at once */
    csr_clear(sie, IRQ_BIT(IRQ_SSI));
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
    CALL(SUSP, SBI_SUSP_SUSPEND, 1);
    CALL(TIME, SBI_TIME_SET_TIMER, ALL);
    CALL(LEGACY_SET_TIMER, 0, ALL);
    for (uint64_t function = 0; function <= SBI_BASE_MIMPID; function++)
        CALL(BASE, function, SBI_EXT_QUIET);
}

static void feature_calls(void)
{
    for (uint64_t feature = 0; feature < SBI_FWFT_FEATURES; feature++)
        for (uint64_t value = 2; value-- > 0;) {
            CALL(FWFT, SBI_FWFT_SET, feature, value);
            CALL(FWFT, SBI_FWFT_GET, feature);
        }
}

/* Every event type, also those that no counter counts. */
static void event_table(void)
{
    static const uint64_t kinds[] = {SBI_PMU_CYCLES,
                                     SBI_PMU_EVENT(SBI_PMU_TYPE_CACHE, 0x19),
                                     SBI_PMU_EVENT(SBI_PMU_TYPE_RAW, 0),
                                     0xf0006,
                                     0x10003,
                                     SBI_PMU_EVENT(SBI_PMU_TYPE_FIRMWARE, SBI_PMU_FW_PLATFORM)};
    for (unsigned i = 0; i < EVENTS; i++)
        events[i] = (struct event){(uint32_t)kinds[i % (sizeof kinds / sizeof *kinds)], 0, 0};
    CALL(PMU, SBI_PMU_EVENT_INFO, (uintptr_t)events, 0, EVENTS);
    for (unsigned i = 0; i < EVENTS; i++)
        events[i] = (struct event){(uint32_t)SBI_PMU_EVENT(SBI_PMU_TYPE_CACHE, 0x19), 0, 0};
    CALL(PMU, SBI_PMU_EVENT_INFO, (uintptr_t)events, 0, EVENTS);
}

static uint64_t configure(uint64_t base, uint64_t mask, uint64_t event, uint64_t data)
{
    struct sbi_ret r = CALL(PMU, SBI_PMU_CONFIG_MATCHING, base, mask, 0, event, data);
    return r.error == SBI_SUCCESS ? UINT64_C(1) << r.value : 0;
}

/* Every counter with an event, all of them at once. */
static void counter_calls(void)
{
    const uint64_t platform = SBI_PMU_EVENT(SBI_PMU_TYPE_FIRMWARE, SBI_PMU_FW_PLATFORM);
    uint64_t hardware = 0, set = 0;
    for (uint64_t n = 0; n < COUNTERS; n++)
        if (CALL(PMU, SBI_PMU_COUNTER_INFO, n).error == SBI_SUCCESS && n < FIRMWARE_COUNTERS)
            hardware |= UINT64_C(1) << n;
    for (uint64_t n = 0; n < FIRMWARE_COUNTERS; n++) {
        set |= configure(0, hardware, SBI_PMU_CYCLES, 0);
        set |= configure(0, hardware, SBI_PMU_INSTRUCTIONS, 0);
        set |= configure(0, hardware, SBI_PMU_EVENT(SBI_PMU_TYPE_CACHE, 0x19), 0);
        set |= configure(0, hardware, SBI_PMU_EVENT(SBI_PMU_TYPE_CACHE, 0x1b), 0);
        set |= configure(0, hardware, SBI_PMU_EVENT(SBI_PMU_TYPE_CACHE, 0x21), 0);
    }
    set |= configure(FIRMWARE_COUNTERS, 1, platform, STOLEN);
    for (uint64_t n = 1; n < COUNTERS - FIRMWARE_COUNTERS; n++)
        set |= configure(FIRMWARE_COUNTERS, 1 << n, platform, COLUMN + n);
    CALL(PMU, SBI_PMU_START, 0, set, SBI_PMU_START_SET_VALUE, 5);
    for (uint64_t n = FIRMWARE_COUNTERS; n < COUNTERS; n++)
        CALL(PMU, SBI_PMU_FW_READ, n);
    CALL(PMU, SBI_PMU_START, 0, set);
    CALL(PMU, SBI_PMU_STOP, 0, set, SBI_PMU_STOP_RESET);
    CALL(PMU, SBI_PMU_STOP, 0, hardware, SBI_PMU_STOP_RESET);
}

static void steal_calls(void)
{
    for (unsigned n = 0; n < 2; n++) {
        CALL(STA, SBI_STA_SET_SHMEM, (uintptr_t)area, 0, 0);
        CALL(HSM, SBI_HSM_STATUS, 0);
        CALL(DBCN, SBI_DBCN_WRITE, TEXT, (uintptr_t)text);
        CALL(STA, SBI_STA_SET_SHMEM, ALL, ALL, 0);
    }
}

static void quiet_calls(void)
{
    CALL(QUIET, SBI_QUIET_BEGIN, 0);
    for (uint64_t what = 0; what < 4; what++)
        CALL(QUIET, SBI_QUIET_STATUS, what);
    CALL(QUIET, SBI_QUIET_END, 0);
    sbi_call(0x0b000000, 0, 0, 0, 0, 0); /* no extension */
}

void longest_calls(uint64_t self)
{
    for (unsigned n = 0; n < 3; n++) { /* the first piece of a column is a longest one */
        console_calls();
        fence_calls();
        hart_calls(self);
        feature_calls();
        event_table();
        steal_calls();
        counter_calls();
        quiet_calls();
    }
}
