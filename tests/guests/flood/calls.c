/* Each extension of the SBI at its most expensive, as far as one call goes. */
#include "kinds.h"
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>
#include <stddef.h>

#define ALL_HARTS UINT64_MAX /* as the mask's base: SBI 2.0 §3.1 */
#define PAGE 4096
#define EVENTS 256 /* of 16 bytes, a page */
#define UNKNOWN 0x7fffffff
#define FIRMWARE_COUNTER 32
#define SOON 1000 /* ticks */

static char text[PAGE] __attribute__((aligned(PAGE))) = {[0 ... PAGE - 1] = 'x'};
static uint64_t page[PAGE / sizeof(uint64_t)] __attribute__((aligned(PAGE)));

/* suspend.S writes it at the resume. */
struct resumed {
    uint64_t a0, a1, satp, sie;
};
uint64_t suspend_to_resume(uint64_t extension, uint64_t function, uint64_t type, uint64_t opaque,
                           struct resumed *resumed);

#define CALL(name, extension, function, ...)                                                       \
    void call_##name(void)                                                                         \
    {                                                                                              \
        (void)ecall(SBI_EXT_##extension, function, ECALL_MOST,                                     \
                    (const uint64_t[ECALL_MOST]){__VA_ARGS__});                                    \
    }

CALL(base, BASE, SBI_BASE_PROBE, SBI_EXT_DBCN)
CALL(write, DBCN, SBI_DBCN_WRITE, PAGE, (uintptr_t)text)
CALL(byte, DBCN, SBI_DBCN_WRITE_BYTE, 'b')
CALL(read, DBCN, SBI_DBCN_READ, PAGE, (uintptr_t)page)
CALL(timer, TIME, SBI_TIME_SET_TIMER, UINT64_MAX)
CALL(ipi, IPI, SBI_IPI_SEND, 0, ALL_HARTS)
CALL(hsm_start, HSM, SBI_HSM_START, 0)
CALL(hsm_status, HSM, SBI_HSM_STATUS, 0)
CALL(hsm_suspend, HSM, SBI_HSM_SUSPEND, UNKNOWN)
CALL(susp, SUSP, SBI_SUSP_SUSPEND, UNKNOWN)
CALL(srst, SRST, SBI_SRST_RESET, UNKNOWN)
CALL(fence_i, RFENCE, SBI_RFENCE_FENCE_I, 0, ALL_HARTS)
CALL(fence, RFENCE, SBI_RFENCE_SFENCE_VMA, 0, ALL_HARTS, 0, UINT64_MAX)
CALL(fence_asid, RFENCE, SBI_RFENCE_SFENCE_VMA_ASID, 0, ALL_HARTS, 0, UINT64_MAX, 1)
CALL(fence_other, RFENCE, SBI_RFENCE_HFENCE_GVMA, 0, ALL_HARTS, 0, UINT64_MAX)
CALL(fwft, FWFT, SBI_FWFT_GET, SBI_FWFT_MISALIGNED_EXC_DELEG)
CALL(reboot, SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON)
CALL(legacy_timer, LEGACY_SET_TIMER, 0, UINT64_MAX)
CALL(putchar, LEGACY_PUTCHAR, 0, 'l')
CALL(getchar, LEGACY_GETCHAR, 0)
CALL(clear_ipi, LEGACY_CLEAR_IPI, 0)
CALL(legacy_ipi, LEGACY_SEND_IPI, 0, 0)
CALL(legacy_fence_i, LEGACY_FENCE_I, 0, 0)
CALL(legacy_fence, LEGACY_SFENCE_VMA, 0, 0, 0, UINT64_MAX)
CALL(legacy_fence_asid, LEGACY_SFENCE_VMA_ASID, 0, 0, 0, UINT64_MAX, 1)
CALL(shutdown, LEGACY_SHUTDOWN, 0)

void call_unknown(void)
{
    (void)sbi_call(UNKNOWN, UNKNOWN, 1, 2, 3, 4);
}

void call_events(void)
{
    for (uint64_t i = 0; i < EVENTS; i++)
        page[2 * i] = i;
    (void)sbi_call(SBI_EXT_PMU, SBI_PMU_EVENT_INFO, (uintptr_t)page, 0, EVENTS, 0);
}

void call_counters(void)
{
    (void)sbi_call(SBI_EXT_PMU, SBI_PMU_CONFIG_MATCHING, 0, UINT32_MAX, 0, UNKNOWN);
}

/* A hardware counter, which the firmware serves, and a firmware counter. */
void call_start_counters(void)
{
    static const uint64_t events[] = {SBI_PMU_CYCLES,
                                      SBI_PMU_EVENT(SBI_PMU_TYPE_FIRMWARE, SBI_PMU_FW_IPI_SENT)};
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t base = i * FIRMWARE_COUNTER;
        struct sbi_ret r = sbi_call(SBI_EXT_PMU, SBI_PMU_CONFIG_MATCHING, base, 0xffff,
                                    SBI_PMU_AUTO_START, events[i]);
        if (r.error == SBI_SUCCESS)
            (void)sbi_call(SBI_EXT_PMU, SBI_PMU_STOP, (uint64_t)r.value, 1, SBI_PMU_STOP_RESET, 0);
    }
}

void call_sta(void)
{
    (void)sbi_call(SBI_EXT_STA, SBI_STA_SET_SHMEM, (uintptr_t)page, 0, 0, 0);
    (void)sbi_call(SBI_EXT_STA, SBI_STA_SET_SHMEM, UINT64_MAX, UINT64_MAX, 0, 0);
}

void call_quiet(void)
{
    (void)sbi_call(SBI_EXT_QUIET, SBI_QUIET_BEGIN, 0, 0, 0, 0);
    (void)sbi_call(SBI_EXT_QUIET, SBI_QUIET_STATUS, SBI_QUIET_EXITS, 0, 0, 0);
    (void)sbi_call(SBI_EXT_QUIET, SBI_QUIET_END, 0, 0, 0, 0);
}

/* Its end is a timer's; the hart starts anew at the resume. */
static void sleep_and_resume(uint64_t extension, uint64_t function, uint64_t type)
{
    struct resumed resumed;
    csr_set(sie, IRQ_BIT(IRQ_STI));
    sbi_set_timer(time_now() + SOON);
    (void)suspend_to_resume(extension, function, type, 0, &resumed);
    kinds_prepare();
    sbi_set_timer(UINT64_MAX);
}

void call_resume(void)
{
    sleep_and_resume(SBI_EXT_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_NON_RETENTIVE);
}

void call_system_suspend(void)
{
    sleep_and_resume(SBI_EXT_SUSP, SBI_SUSP_SUSPEND, 0);
}
