/*
 * Numbers of the RISC-V Supervisor Binary Interface 3.0, used on both edges: towards the firmware
 * (axhal) and towards guests (axsbi).
 */
#pragma once
#include <stdint.h>

/* SBI 3.0 §3, table 1 */
enum sbi_error {
    SBI_SUCCESS = 0,
    SBI_ERR_FAILED = -1,
    SBI_ERR_NOT_SUPPORTED = -2,
    SBI_ERR_INVALID_PARAM = -3,
    SBI_ERR_DENIED = -4,
    SBI_ERR_INVALID_ADDRESS = -5,
    SBI_ERR_ALREADY_AVAILABLE = -6,
    SBI_ERR_ALREADY_STARTED = -7,
    SBI_ERR_ALREADY_STOPPED = -8,
    SBI_ERR_NO_SHMEM = -9,
    SBI_ERR_INVALID_STATE = -10,
    SBI_ERR_BAD_RANGE = -11,
    SBI_ERR_TIMEOUT = -12,
    SBI_ERR_IO = -13,
    SBI_ERR_DENIED_LOCKED = -14,
};

struct sbi_ret {
    long error;
    long value;
};

/* The name as the specification spells it, "SBI_ERR_?" for a code that it does not have. */
const char *sbi_error_name(long error);

/*
 * The extensions that guests have: the name, that of axsbi's handler, and the number. QUIET is ours
 * (§23): 0x0A, and below it the low 24 bits of the implementation ID (axsbi/sbi.h).
 */
#define SBI_EXTENSIONS(X)                                                                          \
    X(LEGACY_SET_TIMER, legacy_set_timer, 0x00)                                                    \
    X(LEGACY_PUTCHAR, legacy_putchar, 0x01)                                                        \
    X(LEGACY_GETCHAR, legacy_getchar, 0x02)                                                        \
    X(LEGACY_CLEAR_IPI, legacy_clear_ipi, 0x03)                                                    \
    X(LEGACY_SEND_IPI, legacy_send_ipi, 0x04)                                                      \
    X(LEGACY_FENCE_I, legacy_fence_i, 0x05)                                                        \
    X(LEGACY_SFENCE_VMA, legacy_sfence_vma, 0x06)                                                  \
    X(LEGACY_SFENCE_VMA_ASID, legacy_sfence_vma_asid, 0x07)                                        \
    X(LEGACY_SHUTDOWN, legacy_shutdown, 0x08)                                                      \
    X(BASE, base, 0x10)                                                                            \
    X(TIME, time, 0x54494D45)                                                                      \
    X(IPI, ipi, 0x735049)                                                                          \
    X(RFENCE, rfence, 0x52464E43)                                                                  \
    X(HSM, hsm, 0x48534D)                                                                          \
    X(SRST, srst, 0x53525354)                                                                      \
    X(PMU, pmu, 0x504D55)                                                                          \
    X(DBCN, dbcn, 0x4442434E)                                                                      \
    X(SUSP, susp, 0x53555350)                                                                      \
    X(STA, sta, 0x535441)                                                                          \
    X(FWFT, fwft, 0x46574654)                                                                      \
    X(QUIET, quiet, 0x0A544C48)

#define SBI_EXTENSION_NUMBER(NAME, name, number) SBI_EXT_##NAME = (number),
enum { SBI_EXTENSIONS(SBI_EXTENSION_NUMBER) };

/*
 * The functions of those extensions: the extension, our name, the number, and the specification's
 * name. An extension from before SBI 0.2 is one function (SBI 3.0 §5).
 */
#define SBI_FUNCTIONS(X)                                                                           \
    X(BASE, SPEC_VERSION, 0, "get_spec_version")                                                   \
    X(BASE, IMPL_ID, 1, "get_impl_id")                                                             \
    X(BASE, IMPL_VERSION, 2, "get_impl_version")                                                   \
    X(BASE, PROBE, 3, "probe_extension")                                                           \
    X(BASE, MVENDORID, 4, "get_mvendorid")                                                         \
    X(BASE, MARCHID, 5, "get_marchid")                                                             \
    X(BASE, MIMPID, 6, "get_mimpid")                                                               \
    X(TIME, SET_TIMER, 0, "set_timer")                                                             \
    X(IPI, SEND, 0, "send_ipi")                                                                    \
    X(RFENCE, FENCE_I, 0, "remote_fence_i")                                                        \
    X(RFENCE, SFENCE_VMA, 1, "remote_sfence_vma")                                                  \
    X(RFENCE, SFENCE_VMA_ASID, 2, "remote_sfence_vma_asid")                                        \
    X(RFENCE, HFENCE_GVMA_VMID, 3, "remote_hfence_gvma_vmid")                                      \
    X(RFENCE, HFENCE_GVMA, 4, "remote_hfence_gvma")                                                \
    X(RFENCE, HFENCE_VVMA_ASID, 5, "remote_hfence_vvma_asid")                                      \
    X(RFENCE, HFENCE_VVMA, 6, "remote_hfence_vvma")                                                \
    X(HSM, START, 0, "hart_start")                                                                 \
    X(HSM, STOP, 1, "hart_stop")                                                                   \
    X(HSM, STATUS, 2, "hart_get_status")                                                           \
    X(HSM, SUSPEND, 3, "hart_suspend")                                                             \
    X(SRST, RESET, 0, "system_reset")                                                              \
    X(DBCN, WRITE, 0, "console_write")                                                             \
    X(DBCN, READ, 1, "console_read")                                                               \
    X(DBCN, WRITE_BYTE, 2, "console_write_byte")                                                   \
    X(SUSP, SUSPEND, 0, "system_suspend")                                                          \
    X(STA, SET_SHMEM, 0, "steal_time_set_shmem")                                                   \
    X(PMU, NUM_COUNTERS, 0, "num_counters")                                                        \
    X(PMU, COUNTER_INFO, 1, "counter_get_info")                                                    \
    X(PMU, CONFIG_MATCHING, 2, "counter_config_matching")                                          \
    X(PMU, START, 3, "counter_start")                                                              \
    X(PMU, STOP, 4, "counter_stop")                                                                \
    X(PMU, FW_READ, 5, "counter_fw_read")                                                          \
    X(PMU, FW_READ_HI, 6, "counter_fw_read_hi")                                                    \
    X(PMU, SNAPSHOT_SET_SHMEM, 7, "snapshot_set_shmem")                                            \
    X(PMU, EVENT_INFO, 8, "event_get_info")                                                        \
    X(FWFT, SET, 0, "set")                                                                         \
    X(FWFT, GET, 1, "get")                                                                         \
    X(QUIET, BEGIN, 0, "begin")                                                                    \
    X(QUIET, END, 1, "end")                                                                        \
    X(QUIET, STATUS, 2, "status")

#define SBI_FUNCTION_NUMBER(EXTENSION, NAME, number, specified) SBI_##EXTENSION##_##NAME = (number),
enum { SBI_FUNCTIONS(SBI_FUNCTION_NUMBER) };
enum { SBI_QUIET_EXITS, SBI_QUIET_TICKS }; /* what a status is asked for */

/* SBI 2.0 §9.1 table 12 */
/* clang-format off */
enum sbi_hsm_state {
    SBI_HSM_STARTED, SBI_HSM_STOPPED, SBI_HSM_START_PENDING, SBI_HSM_STOP_PENDING,
    SBI_HSM_SUSPENDED, SBI_HSM_SUSPEND_PENDING, SBI_HSM_RESUME_PENDING,
};
/* clang-format on */
#define SBI_HSM_SUSPEND_RETENTIVE UINT64_C(0x00000000)
#define SBI_HSM_SUSPEND_NON_RETENTIVE UINT64_C(0x80000000)

enum sbi_srst_type { SBI_SRST_SHUTDOWN, SBI_SRST_COLD_REBOOT, SBI_SRST_WARM_REBOOT };
enum sbi_srst_reason { SBI_SRST_NO_REASON, SBI_SRST_SYSTEM_FAILURE };

/* SBI 3.0 §11: an event is a type from bit 16 and a code; a counter's info. */
enum sbi_pmu_type {
    SBI_PMU_TYPE_GENERAL,
    SBI_PMU_TYPE_CACHE,
    SBI_PMU_TYPE_RAW,
    SBI_PMU_TYPE_RAW_V2,
    SBI_PMU_TYPE_FIRMWARE = 15,
};
#define SBI_PMU_EVENT(type, code) ((uint64_t)(type) << 16 | (code))
#define SBI_PMU_CYCLES SBI_PMU_EVENT(SBI_PMU_TYPE_GENERAL, 1)
#define SBI_PMU_INSTRUCTIONS SBI_PMU_EVENT(SBI_PMU_TYPE_GENERAL, 2)
#define SBI_PMU_EVENT_TYPE UINT64_C(0xf0000)
#define SBI_PMU_EVENT_CODE UINT64_C(0x0ffff)
#define SBI_PMU_INFO_CSR UINT64_C(0xfff)
#define SBI_PMU_INFO_WIDTH UINT64_C(0x3f000) /* one less than the bits */
#define SBI_PMU_INFO_FIRMWARE (UINT64_C(1) << 63)
/* clang-format off */
enum sbi_pmu_config {
    SBI_PMU_SKIP_MATCH = 1 << 0, SBI_PMU_CLEAR_VALUE = 1 << 1, SBI_PMU_AUTO_START = 1 << 2,
    SBI_PMU_VUINH = 1 << 3, SBI_PMU_VSINH = 1 << 4, SBI_PMU_UINH = 1 << 5, SBI_PMU_SINH = 1 << 6,
    SBI_PMU_MINH = 1 << 7, SBI_PMU_CONFIG_FLAGS = 0xff,
};
/* clang-format on */
enum { SBI_PMU_START_SET_VALUE = 1 << 0, SBI_PMU_START_SNAPSHOT = 1 << 1 };
enum { SBI_PMU_STOP_RESET = 1 << 0, SBI_PMU_STOP_SNAPSHOT = 1 << 1 };
/* §11.6: codes of firmware events that say something of a guest's hart. */
enum sbi_pmu_firmware_event {
    SBI_PMU_FW_ACCESS_LOAD = 2,
    SBI_PMU_FW_ACCESS_STORE,
    SBI_PMU_FW_ILLEGAL_INSN,
    SBI_PMU_FW_SET_TIMER,
    SBI_PMU_FW_IPI_SENT,
    SBI_PMU_FW_IPI_RECEIVED,
    SBI_PMU_FW_FENCE_I_SENT,
    SBI_PMU_FW_FENCE_I_RECEIVED,
    SBI_PMU_FW_SFENCE_VMA_SENT,
    SBI_PMU_FW_SFENCE_VMA_RECEIVED,
    SBI_PMU_FW_SFENCE_VMA_ASID_SENT,
    SBI_PMU_FW_EVENTS,
    SBI_PMU_FW_PLATFORM = 65535,
};

/* SBI 3.0 §18 */
enum sbi_fwft_feature {
    SBI_FWFT_MISALIGNED_EXC_DELEG,
    SBI_FWFT_LANDING_PAD,
    SBI_FWFT_SHADOW_STACK,
    SBI_FWFT_DOUBLE_TRAP,
    SBI_FWFT_PTE_AD_HW_UPDATING,
    SBI_FWFT_POINTER_MASKING_PMLEN,
    SBI_FWFT_FEATURES,
};
#define SBI_FWFT_LOCK UINT64_C(1)
