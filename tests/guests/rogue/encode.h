/* Instructions by their encoding: this binutils does not know all names of CSRs. */
#pragma once
#include "attempt.h"

#define CSR_READ(csr) (0x00002073U | 11U << 7 | (uint32_t)(csr) << 20)   /* csrr a1, CSR */
#define CSR_WRITE(csr) (0x00001073U | 11U << 15 | (uint32_t)(csr) << 20) /* csrw CSR, a1 */
#define EBREAK 0x00100073U

struct case_of {
    const char *name;
    uint32_t instruction;
};

/* The code of this one instruction; it is overwritten by the next. */
const char *put(uint32_t instruction);
/* It is an illegal instruction. */
void check_illegal(const struct case_of *c, enum mode mode);
