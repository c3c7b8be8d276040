/* CSRs of the unit tests: plain variables, fake_csr.X, which a test sets and looks at. */
#pragma once
#include <stdint.h>
#include "../../../../riscv64/include/axhal/arch/csr_list.h"

#define CSR_FIELD(name, number) uint64_t name;
struct fake_csrs {
    CSR_LIST(CSR_FIELD)
};
#undef CSR_FIELD
extern struct fake_csrs fake_csr; /* modules/axhal/arch/fake/csr.c */

/* clang-format off */
#define CSR_ACCESSORS(name, number)                                                \
    static inline uint64_t csr_read_##name(void) { return fake_csr.name; }         \
    static inline void csr_write_##name(uint64_t v) { fake_csr.name = v; }         \
    static inline uint64_t csr_swap_##name(uint64_t v)                             \
    {                                                                              \
        uint64_t old = fake_csr.name;                                              \
        fake_csr.name = v;                                                         \
        return old;                                                                \
    }                                                                              \
    static inline void csr_set_##name(uint64_t bits) { fake_csr.name |= bits; }    \
    static inline void csr_clear_##name(uint64_t bits) { fake_csr.name &= ~bits; }
/* clang-format on */
CSR_LIST(CSR_ACCESSORS)
#undef CSR_ACCESSORS
