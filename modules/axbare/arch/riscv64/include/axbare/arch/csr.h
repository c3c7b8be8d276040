/* The few CSRs that a bare S-mode program needs, by assembler name or number. */
#pragma once
#include <stdint.h>

#define CSR_STIMECMP 0x14d /* Sstc; this binutils does not know it by name */

#define csr_text(csr) #csr
#define csr_read(csr)                                                                              \
    ({                                                                                             \
        uint64_t csr_value;                                                                        \
        __asm__ volatile("csrr %0, " csr_text(csr) : "=r"(csr_value) : : "memory");                \
        csr_value;                                                                                 \
    })
#define csr_write(csr, value)                                                                      \
    __asm__ volatile("csrw " csr_text(csr) ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_set(csr, bits)                                                                         \
    __asm__ volatile("csrs " csr_text(csr) ", %0" : : "rK"((uint64_t)(bits)) : "memory")
#define csr_clear(csr, bits)                                                                       \
    __asm__ volatile("csrc " csr_text(csr) ", %0" : : "rK"((uint64_t)(bits)) : "memory")

#define SSTATUS_SIE (UINT64_C(1) << 1)
#define IRQ_SSI 1
#define IRQ_STI 5
#define IRQ_BIT(irq) (UINT64_C(1) << (irq))
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

static inline uint64_t time_now(void)
{
    return csr_read(time);
}
