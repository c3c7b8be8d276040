/* The ways out of a guest; see paths.h. Addresses are those of QEMU's virt machine. */
#include "paths.h"
#include <lib/sbi.h>
#include <stddef.h>

#define HOLE 0x500000
#define TEST_DEVICE 0x100000
#define RTC 0x101000
#define PLIC_PRIORITY 0x0c000004
#define PLIC_CLAIM 0x0c201004     /* of the first hart's S-mode */
#define APLIC_TARGET_1 0x0d003004 /* of the S-mode domain, where the machine has one */
#define UART_THR 0x10000000
#define UART_LSR 0x10000005
#define UART_SCR 0x10000007
#define PLIC_PRIORITY_40 0x0c0000a0 /* 40: shared memory's interrupt */
#define PLIC_ENABLE_40 0x0c002084   /* 32 to 63, for the first hart's S-mode */
#define IVSHMEM_CONTROL 0x11100008
#define IVSHMEM_DOORBELL 0x1110000c
#define PEER_1 (1 << 16)
#define UNKNOWN 0x0a000000 /* SBI 2.0 §15: a vendor's, and not in use */
#define NOTHING 0          /* a byte that terminals do not show */
#define NEVER UINT64_MAX
#define SELF 1, 0 /* hart 0's bit, from hart 0 on */

static const char nothings[256] __attribute__((aligned(64)));
static char taken[1];

/* An entry of event info (SBI 3.0 §11.14): the firmware is asked. */
static struct {
    uint32_t event, output;
    uint64_t data;
} cache_misses __attribute__((aligned(16))) = {.event = SBI_PMU_EVENT(SBI_PMU_TYPE_CACHE, 0x19)};

void loop_ecall(const uint64_t registers[8], uint64_t rounds);
void loop_wfi(const uint64_t registers[8], uint64_t rounds);
void loop_load_byte(const uint64_t registers[8], uint64_t rounds);
void loop_load_word(const uint64_t registers[8], uint64_t rounds);
void loop_store_byte(const uint64_t registers[8], uint64_t rounds);
void loop_store_word(const uint64_t registers[8], uint64_t rounds);
void loop_ring_and_take(const uint64_t registers[8], uint64_t rounds);
void loop_read_cycle(const uint64_t registers[8], uint64_t rounds);
void loop_read_hgatp(const uint64_t registers[8], uint64_t rounds);

#define PATH(path, code, ...)                                                                      \
    {                                                                                              \
        .name = path, .loop = code, .registers = { __VA_ARGS__ }                                   \
    }
#define ECALL(path, extension, function, ...)                                                      \
    PATH("ecall_" path, loop_ecall, __VA_ARGS__, [6] = function, [7] = extension)
const struct path paths[] = {
    ECALL("base_spec_version", SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 0),
    ECALL("base_impl_id", SBI_EXT_BASE, SBI_BASE_IMPL_ID, 0),
    ECALL("base_probe", SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_HSM),
    ECALL("base_mvendorid", SBI_EXT_BASE, SBI_BASE_MVENDORID, 0),
    ECALL("time_set_timer", SBI_EXT_TIME, SBI_TIME_SET_TIMER, NEVER),
    ECALL("ipi_self", SBI_EXT_IPI, SBI_IPI_SEND, SELF),
    ECALL("ipi_nobody", SBI_EXT_IPI, SBI_IPI_SEND, 0, 0),
    PATH("wfi_pending", loop_wfi, 0),
    ECALL("rfence_fence_i_self", SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, SELF),
    ECALL("rfence_sfence_self", SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, SELF, 0, NEVER),
    ECALL("rfence_page_self", SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, SELF, 0, 4096),
    ECALL("hsm_status", SBI_EXT_HSM, SBI_HSM_STATUS, 0),
    ECALL("hsm_start_refused", SBI_EXT_HSM, SBI_HSM_START, 0, 0x80200000),
    ECALL("hsm_suspend_pending", SBI_EXT_HSM, SBI_HSM_SUSPEND, 0),
    ECALL("dbcn_write_none", SBI_EXT_DBCN, SBI_DBCN_WRITE, 0, 0x80200000),
    ECALL("dbcn_write_1", SBI_EXT_DBCN, SBI_DBCN_WRITE, 1, (uintptr_t)nothings),
    ECALL("dbcn_write_16", SBI_EXT_DBCN, SBI_DBCN_WRITE, 16, (uintptr_t)nothings),
    ECALL("dbcn_write_256", SBI_EXT_DBCN, SBI_DBCN_WRITE, sizeof nothings, (uintptr_t)nothings),
    ECALL("dbcn_byte", SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE, NOTHING),
    ECALL("legacy_putchar", SBI_EXT_LEGACY_PUTCHAR, 0, NOTHING),
    ECALL("dbcn_read_none", SBI_EXT_DBCN, SBI_DBCN_READ, 1, (uintptr_t)taken),
    ECALL("legacy_getchar", SBI_EXT_LEGACY_GETCHAR, 0, NOTHING),
    ECALL("pmu_num_counters", SBI_EXT_PMU, 0, 0),
    ECALL("pmu_event_info", SBI_EXT_PMU, SBI_PMU_EVENT_INFO, (uintptr_t)&cache_misses, 0, 1),
    ECALL("sta_off", SBI_EXT_STA, SBI_STA_SET_SHMEM, NEVER, NEVER),
    ECALL("fwft_get", SBI_EXT_FWFT, SBI_FWFT_GET, SBI_FWFT_MISALIGNED_EXC_DELEG),
    ECALL("unknown", UNKNOWN, 0, 0),
    PATH("load_uart_lsr", loop_load_byte, UART_LSR),
    PATH("load_uart_scr", loop_load_byte, UART_SCR),
    PATH("store_uart_scr", loop_store_byte, UART_SCR, 0xa5),
    PATH("store_uart_thr", loop_store_byte, UART_THR, NOTHING),
    PATH("load_plic_priority", loop_load_word, PLIC_PRIORITY),
    PATH("load_aplic_target", loop_load_word, APLIC_TARGET_1),
    PATH("store_plic_priority", loop_store_word, PLIC_PRIORITY, 1),
    PATH("load_plic_claim", loop_load_word, PLIC_CLAIM),
    PATH("store_plic_complete", loop_store_word, PLIC_CLAIM, 1),
    PATH("load_rtc_time", loop_load_word, RTC),
    PATH("load_test_device", loop_load_word, TEST_DEVICE),
    PATH("fault_load_hole", loop_load_byte, HOLE),
    PATH("fault_store_hole", loop_store_byte, HOLE),
    PATH("virtual_csr_cycle", loop_read_cycle, 0),
    PATH("virtual_csr_hgatp", loop_read_hgatp, 0),
    PATH("store_plic_priority_shared", loop_store_word, PLIC_PRIORITY_40, 1),
    PATH("store_plic_enable", loop_store_word, PLIC_ENABLE_40, 1 << (40 - 32)),
    PATH("store_ivshmem_control", loop_store_word, IVSHMEM_CONTROL, 1),
    PATH("store_ivshmem_doorbell_deaf", loop_store_word, IVSHMEM_DOORBELL, PEER_1),
    PATH("store_ivshmem_doorbell_and_back", loop_ring_and_take, IVSHMEM_DOORBELL, 1),
    {.name = NULL},
};
