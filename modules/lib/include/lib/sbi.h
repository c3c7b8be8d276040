/*
 * Numbers of the RISC-V Supervisor Binary Interface 2.0, used on both edges: towards the firmware
 * (axhal) and towards guests (axsbi).
 */
#pragma once
#include <stdint.h>

/* SBI 2.0 §3, table 1 */
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
};

struct sbi_ret {
    long error;
    long value;
};

/* The name as the specification spells it, "SBI_ERR_?" for a code that it does not have. */
const char *sbi_error_name(long error);

#define SBI_EXT_LEGACY_SET_TIMER 0x00
#define SBI_EXT_LEGACY_PUTCHAR 0x01
#define SBI_EXT_LEGACY_GETCHAR 0x02
#define SBI_EXT_LEGACY_CLEAR_IPI 0x03
#define SBI_EXT_LEGACY_SEND_IPI 0x04
#define SBI_EXT_LEGACY_FENCE_I 0x05
#define SBI_EXT_LEGACY_SFENCE_VMA 0x06
#define SBI_EXT_LEGACY_SFENCE_VMA_ASID 0x07
#define SBI_EXT_LEGACY_SHUTDOWN 0x08
#define SBI_EXT_BASE 0x10
#define SBI_EXT_TIME 0x54494D45
#define SBI_EXT_IPI 0x735049
#define SBI_EXT_RFENCE 0x52464E43
#define SBI_EXT_HSM 0x48534D
#define SBI_EXT_SRST 0x53525354
#define SBI_EXT_PMU 0x504D55
#define SBI_EXT_DBCN 0x4442434E
#define SBI_EXT_SUSP 0x53555350

/* clang-format off */
enum { SBI_BASE_SPEC_VERSION, SBI_BASE_IMPL_ID, SBI_BASE_IMPL_VERSION, SBI_BASE_PROBE,
       SBI_BASE_MVENDORID, SBI_BASE_MARCHID, SBI_BASE_MIMPID };
enum { SBI_TIME_SET_TIMER };
enum { SBI_IPI_SEND };
enum { SBI_RFENCE_FENCE_I, SBI_RFENCE_SFENCE_VMA, SBI_RFENCE_SFENCE_VMA_ASID,
       SBI_RFENCE_HFENCE_GVMA_VMID, SBI_RFENCE_HFENCE_GVMA, SBI_RFENCE_HFENCE_VVMA_ASID,
       SBI_RFENCE_HFENCE_VVMA };
/* clang-format on */
enum { SBI_HSM_START, SBI_HSM_STOP, SBI_HSM_STATUS, SBI_HSM_SUSPEND };
enum { SBI_SRST_RESET };
enum { SBI_DBCN_WRITE, SBI_DBCN_READ, SBI_DBCN_WRITE_BYTE };
enum { SBI_SUSP_SUSPEND };

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
