/* What an instruction of Zicsr wants of a CSR (Unpriv, "Zicsr"). Pure. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct csr_op {
    unsigned number;     /* of the CSR */
    unsigned rd;         /* x register that gets the old value, perhaps x0 */
    bool writes;         /* else it is only read */
    uint64_t clear, set; /* the new value: (old & ~clear) | set */
};

/* `x` is the guest's 32 registers. False: it is no such instruction. */
bool csr_decode(uint32_t instruction, const uint64_t *x, struct csr_op *op);
