/*
 * The guest's CSRs of the AIA where hardware does not have them all (AIA 1.0 §6.2, §6.3.1): they
 * trap as virtual instructions. The priorities of major interrupts are read-only zeros, and the
 * interrupt file of a vCPU that has no guest interrupt file is one in software.
 */
#include <axdevice/imsic.h>
#include <axexit/csr_decode.h>
#include <axhal/arch/csr.h>
#include "internal.h"

/* Where siselect leads (§2.1); of iprio only the even registers exist on RV64 (§5.2.2). */
enum { IPRIO0 = 0x30, IPRIO15 = 0x3f };

#define CSR_INSTRUCTION_LENGTH 4

static struct imsic_file *file_of(const struct vcpu *vcpu)
{
    const struct imsic *imsic = machine_of(vcpu)->imsic;
    return imsic != NULL ? imsic->files[vcpu->id] : NULL;
}

static enum err access_sireg(const struct vcpu *vcpu, const struct csr_op *op, uint64_t *old)
{
    uint64_t select = csr_read_vsiselect();
    struct imsic_file *file = file_of(vcpu);
    if (select >= IPRIO0 && select <= IPRIO15 && select % 2 == 0) {
        *old = 0;
        return OK;
    }
    if (file == NULL)
        return ERR_NOT_FOUND;
    return imsic_access(file, select, (struct imsic_change){op->clear, op->set}, old);
}

static enum err access_stopei(const struct vcpu *vcpu, const struct csr_op *op, uint64_t *old)
{
    struct imsic_file *file = file_of(vcpu);
    if (file == NULL)
        return ERR_NOT_FOUND;
    *old = imsic_top(file, op->writes);
    return OK;
}

bool emulate_aia(struct vcpu *vcpu, uint32_t instruction, struct verdict *verdict)
{
    vcpu_assert_own(vcpu);
    struct csr_op op;
    uint64_t old;
    enum err err = ERR_NOT_FOUND;
    if ((vcpu->sstatus & SSTATUS_SPP) == 0 || !csr_decode(instruction, vcpu->x, &op))
        return false; /* in VU-mode they are not the guest's to use */
    if (op.number == CSR_sireg)
        err = access_sireg(vcpu, &op, &old);
    else if (op.number == CSR_stopei)
        err = access_stopei(vcpu, &op, &old);
    if (err != OK)
        return false;
    if (op.rd != REG_ZERO)
        vcpu->x[op.rd] = old;
    *verdict = (struct verdict){.kind = VERDICT_RESUME, .length = CSR_INSTRUCTION_LENGTH};
    return true;
}
