/* Entry and exit, from the C side: the only reader of the exit CSRs (Priv 1.13 §18.2, §18.6). */
#include <axhal/arch/csr.h>
#include <axhal/arch/hfence.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include "internal.h"

static void load_state(const struct vcpu *vcpu)
{
    csr_write_sepc(vcpu->sepc);
    csr_write_sstatus(vcpu->sstatus);
    csr_write_hstatus(vcpu->hstatus);
}

static void save_state(struct vcpu *vcpu, struct vm_exit *exit)
{
    vcpu->sepc = csr_read_sepc();
    vcpu->sstatus = csr_read_sstatus();
    vcpu->hstatus = csr_read_hstatus();
    exit->cause = csr_read_scause();
    exit->tval = csr_read_stval();
    /* §18.2.8: htval is the address shifted right by 2; the low bits are those of stval. */
    exit->address = gpa(csr_read_htval() << 2 | (exit->tval & 3));
    exit->instruction = csr_read_htinst();
    vcpu->ledger->exit.pc = vcpu->sepc;
    vcpu->ledger->exit.cause = exit->cause;
    if (exit->cause != EXC_ECALL_VS)
        vcpu->ledger->exit.args[0] = exit->address.a,
        vcpu->ledger->exit.args[1] = exit->instruction;
    exit->tval_is_gva = (vcpu->hstatus & HSTATUS_GVA) != 0;
}

bool vcpu_run(struct vcpu *vcpu, struct vm_exit *exit)
{
    atomic_store(&vcpu->away, true);
    if (atomic_load(&vcpu->requests) != 0) {
        atomic_store(&vcpu->away, false);
        return false;
    }
    if (vcpu->flush_at_entry)
        cpu_hfence_gvma_all();
    load_state(vcpu);
    ledger_enter_guest(vcpu->ledger);
    vcpu_enter(vcpu);
    atomic_store(&vcpu->away, false);
    save_state(vcpu, exit);
    return true;
}

void vcpu_wait(struct vcpu *vcpu)
{
    atomic_store(&vcpu->away, true);
    if (atomic_load(&vcpu->requests) == 0)
        interrupt_wait();
    atomic_store(&vcpu->away, false);
}

bool vcpu_fetch16(const struct vcpu *vcpu, gva_t at, uint16_t *to)
{
    /* hstatus.SPVP chooses the privilege of the access: the guest's at its exit. */
    csr_write_hstatus(vcpu->hstatus);
    return guest_fetch16(at.a, to) == 0;
}
