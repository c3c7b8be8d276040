/* The few CSRs that a bare S-mode program needs, by assembler name or number. */
#pragma once
#include <stdint.h>

/* This binutils does not know them by name: Sstc; AIA 1.0 §2.1. */
#define CSR_STIMECMP 0x14d
#define CSR_SISELECT 0x150
#define CSR_SIREG 0x151
#define CSR_STOPEI 0x15c

#define csr_text(csr) #csr
#define csr_read(csr)                                                                              \
    ({                                                                                             \
        uint64_t csr_value;                                                                        \
        __asm__ volatile("csrr %0, " csr_text(csr) : "=r"(csr_value) : : "memory");                \
        csr_value;                                                                                 \
    })
#define csr_write(csr, value)                                                                      \
    __asm__ volatile("csrw " csr_text(csr) ", %0" : : "r"((uint64_t)(value)) : "memory")
/* Writes, and gives what was there, as one instruction. */
#define csr_swap(csr, value)                                                                       \
    ({                                                                                             \
        uint64_t csr_value;                                                                        \
        __asm__ volatile("csrrw %0, " csr_text(csr) ", %1"                                         \
                         : "=r"(csr_value)                                                         \
                         : "r"((uint64_t)(value))                                                  \
                         : "memory");                                                              \
        csr_value;                                                                                 \
    })
#define csr_set(csr, bits)                                                                         \
    __asm__ volatile("csrs " csr_text(csr) ", %0" : : "rK"((uint64_t)(bits)) : "memory")
#define csr_clear(csr, bits)                                                                       \
    __asm__ volatile("csrc " csr_text(csr) ", %0" : : "rK"((uint64_t)(bits)) : "memory")

#define SSTATUS_SIE (UINT64_C(1) << 1)
#define IRQ_SSI 1
#define IRQ_STI 5
#define IRQ_SEI 9
#define IRQ_BIT(irq) (UINT64_C(1) << (irq))
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

static inline uint64_t time_now(void)
{
    return csr_read(time);
}
