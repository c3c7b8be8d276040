/* Entry and exit, from the C side: the only reader of the exit CSRs (Priv 1.13 §18.2, §18.6). */
#include <axhal/arch/hfence.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axhal/time.h>
#include <axsync/spinlock.h>
#include <axvcpu/exit_csrs.h>
#include <lib/assert.h>
#include "internal.h"

/* For the ledger's samples: whose doing it was. */
static void note_exit(struct vcpu *vcpu, const struct vm_exit *exit)
{
    struct ledger_exit *note = &vcpu->ledger->exit;
    const uint64_t *x = vcpu->x;
    *note = (struct ledger_exit){.pc = vcpu->sepc, .cause = exit->cause};
    if (exit->cause == EXC_ECALL_VS) {
        note->args[0] = x[REG_A7];
        note->args[1] = x[REG_A6];
        note->args[2] = x[REG_A0];
    } else {
        note->args[0] = exit->address.a;
        note->args[1] = exit->instruction;
    }
}

static void read_exit(struct vcpu *vcpu, struct vm_exit *exit)
{
    exit->cause = csr_read_scause();
    exit->tval = csr_read_stval();
    exit->address = vcpu_fault_address();
    exit->instruction = csr_read_htinst();
    note_exit(vcpu, exit);
    exit->tval_is_gva = (vcpu->hstatus & HSTATUS_GVA) != 0;
}

bool vcpu_run(struct vcpu *vcpu, struct vm_exit *exit)
{
    DEBUG_ASSERT(!atomic_load(&vcpu->away));
    spin_debug_assert_none_held(); /* the guest runs as long as it likes */
    vcpu_assert_own(vcpu);
    atomic_store(&vcpu->away, true);
    if (atomic_load(&vcpu->requests) != 0) {
        atomic_store(&vcpu->away, false);
        return false;
    }
    if (vcpu->flush_at_entry)
        cpu_hfence_gvma_all();
    late_at_entry(vcpu);
    vcpu_load_state(vcpu);
    ledger_enter_guest(vcpu->ledger);
    enum exit_left left = vcpu_enter(vcpu);
    atomic_store(&vcpu->away, false);
    vcpu_save_state(vcpu);
    if (left == EXIT_LOOP)
        return false;
    read_exit(vcpu, exit);
    late_at_exit(vcpu);
    return true;
}

void vcpu_wait(struct vcpu *vcpu)
{
    spin_debug_assert_none_held();
    vcpu_assert_own(vcpu);
    atomic_store(&vcpu->away, true);
    uint64_t began = time_now();
    if (atomic_load(&vcpu->requests) == 0)
        interrupt_wait();
    vcpu_trace(vcpu, TRACE_WFI, time_now() - began, 0);
    atomic_store(&vcpu->away, false);
}

bool vcpu_fetch16(const struct vcpu *vcpu, gva_t at, uint16_t *to)
{
    vcpu_assert_own(vcpu);
    /* hstatus.SPVP chooses the privilege of the access: the guest's at its exit. */
    csr_write_hstatus(vcpu->hstatus);
    return guest_fetch16(at.a, to) == 0;
}

bool vcpu_load64(const struct vcpu *vcpu, gva_t at, uint64_t *to)
{
    vcpu_assert_own(vcpu);
    csr_write_hstatus(vcpu->hstatus);
    return guest_load64(at.a, to) == 0;
}
