/* SBI calls. Inline, so that what a figure measures is the call and little else. */
#pragma once
#include <lib/arch/ecall.h>
#include <lib/sbi.h>

/* A call of up to four arguments. */
static inline struct sbi_ret sbi_call(uint64_t ext, uint64_t fid, uint64_t arg0, uint64_t arg1,
                                      uint64_t arg2, uint64_t arg3)
{
    return ECALL(ext, fid, arg0, arg1, arg2, arg3);
}

static inline void sbi_set_timer(uint64_t deadline)
{
    sbi_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, deadline, 0, 0, 0);
}

/* SBI 2.0 §7: bit 0 of the mask is hart `base`. */
static inline long sbi_send_ipi(uint64_t mask, uint64_t base)
{
    return sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, mask, base, 0, 0).error;
}

/* SBI 2.0 §8: a fence by a function of RFENCE; those without an address space ignore `asid`. */
static inline long sbi_remote_fence(uint64_t function, uint64_t mask, uint64_t base, uint64_t start,
                                    uint64_t size, uint64_t asid)
{
    return ECALL(SBI_EXT_RFENCE, function, mask, base, start, size, asid).error;
}

static inline long sbi_hart_status(uint64_t id)
{
    struct sbi_ret r = sbi_call(SBI_EXT_HSM, SBI_HSM_STATUS, id, 0, 0, 0);
    return r.error == SBI_SUCCESS ? r.value : r.error;
}
