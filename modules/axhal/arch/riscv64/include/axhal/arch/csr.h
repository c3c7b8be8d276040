/* Typed CSR accessors: csr_read_X, csr_write_X, csr_swap_X, csr_set_X, csr_clear_X. */
#pragma once
#include <axhal/arch/csr_list.h>
#include <stdint.h>

#define CSR_ACCESSORS(name, number)                                                                \
    static inline uint64_t csr_read_##name(void)                                                   \
    {                                                                                              \
        uint64_t v;                                                                                \
        __asm__ volatile("csrr %0, " #number : "=r"(v) : : "memory");                              \
        return v;                                                                                  \
    }                                                                                              \
    static inline void csr_write_##name(uint64_t v)                                                \
    {                                                                                              \
        __asm__ volatile("csrw " #number ", %0" : : "rK"(v) : "memory");                           \
    }                                                                                              \
    static inline uint64_t csr_swap_##name(uint64_t v)                                             \
    {                                                                                              \
        __asm__ volatile("csrrw %0, " #number ", %0" : "+r"(v) : : "memory");                      \
        return v;                                                                                  \
    }                                                                                              \
    static inline void csr_set_##name(uint64_t bits)                                               \
    {                                                                                              \
        __asm__ volatile("csrs " #number ", %0" : : "rK"(bits) : "memory");                        \
    }                                                                                              \
    static inline void csr_clear_##name(uint64_t bits)                                             \
    {                                                                                              \
        __asm__ volatile("csrc " #number ", %0" : : "rK"(bits) : "memory");                        \
    }
CSR_LIST(CSR_ACCESSORS)
#undef CSR_ACCESSORS
