/* SBI calls. Inline, so that what a figure measures is the call and little else. */
#pragma once
#include <lib/sbi.h>

/* SBI 2.0 §3: all registers but a0 and a1 are preserved. */
static inline struct sbi_ret sbi_call(uint64_t ext, uint64_t fid, uint64_t arg0, uint64_t arg1,
                                      uint64_t arg2, uint64_t arg3)
{
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a3 __asm__("a3") = arg3;
    register uint64_t a6 __asm__("a6") = fid;
    register uint64_t a7 __asm__("a7") = ext;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_ret){(long)a0, (long)a1};
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
    register uint64_t a4 __asm__("a4") = asid;
    register uint64_t a0 __asm__("a0") = mask;
    register uint64_t a1 __asm__("a1") = base;
    register uint64_t a2 __asm__("a2") = start;
    register uint64_t a3 __asm__("a3") = size;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = SBI_EXT_RFENCE;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                     : "memory");
    return (long)a0;
}

static inline long sbi_hart_status(uint64_t id)
{
    struct sbi_ret r = sbi_call(SBI_EXT_HSM, SBI_HSM_STATUS, id, 0, 0, 0);
    return r.error == SBI_SUCCESS ? r.value : r.error;
}
