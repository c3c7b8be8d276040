/*
 * The CSRs of an exit: code between exit and entry reads them, on its own hart. sepc, sstatus and
 * hstatus hold the guest's pc, privilege and the like until the entry.
 */
#pragma once
#include <axhal/arch/csr.h>
#include <axvcpu/vcpu.h>

static inline void vcpu_save_state(struct vcpu *vcpu)
{
    vcpu->sepc = csr_read_sepc();
    vcpu->sstatus = csr_read_sstatus();
    vcpu->hstatus = csr_read_hstatus();
}

static inline void vcpu_load_state(const struct vcpu *vcpu)
{
    csr_write_sepc(vcpu->sepc);
    csr_write_sstatus(vcpu->sstatus);
    csr_write_hstatus(vcpu->hstatus);
}

/* Where a guest-page fault was (Priv 1.13 §18.2.8): htval is the address without its two lowest
 * bits, which are those of stval. */
static inline gpa_t vcpu_fault_address(void)
{
    return gpa(csr_read_htval() << 2 | (csr_read_stval() & 3));
}
