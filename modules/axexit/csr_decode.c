#include <axexit/csr_decode.h>
#include <lib/bits.h>

#define OPCODE MASK(6, 0)
#define OPCODE_SYSTEM 0x73
#define RD MASK(11, 7)
#define FUNCT3_OPERATION MASK(13, 12)
#define FUNCT3_IMMEDIATE BIT(14)
#define RS1 MASK(19, 15) /* the register, or the immediate value */
#define CSR MASK(31, 20)

enum { NO_CSR = 0, CSRRW = 1, CSRRS = 2, CSRRC = 3 };

bool csr_decode(uint32_t instruction, const uint64_t *x, struct csr_op *op)
{
    uint64_t operation = FIELD_GET(FUNCT3_OPERATION, instruction);
    uint64_t rs1 = FIELD_GET(RS1, instruction);
    if ((instruction & OPCODE) != OPCODE_SYSTEM || operation == NO_CSR)
        return false;
    uint64_t value = instruction & FUNCT3_IMMEDIATE ? rs1 : x[rs1];
    *op = (struct csr_op){
        .number = (unsigned)FIELD_GET(CSR, instruction),
        .rd = (unsigned)FIELD_GET(RD, instruction),
        /* CSRRS and CSRRC with x0, or 0, don't write, whatever that does else. */
        .writes = operation == CSRRW || rs1 != 0,
        .clear = operation == CSRRW   ? UINT64_MAX
                 : operation == CSRRC ? value
                                      : 0,
        .set = operation == CSRRC ? 0 : value,
    };
    return true;
}
