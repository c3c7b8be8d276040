/* What the guest's hart is made to see: interrupts, traps, the state of a fresh start. */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/platform.h>
#include <axvcpu/exit_csrs.h>
#include <lib/assert.h>
#include <string.h>

/*
 * The vCPU is on this hart, so the CSRs are its own. Without a guest interrupt file its stopi shows
 * what hvictl says of the interrupt (AIA 1.0 §6.3.3). The specification has a default for IPRIO =
 * 0, QEMU then has nothing, and with another IPRIO it takes it for pending.
 */
void vcpu_set_external(struct vcpu *vcpu, bool level)
{
    vcpu_assert_own(vcpu);
    if (level)
        csr_set_hvip(IRQ_BIT(IRQ_VSEI));
    else
        csr_clear_hvip(IRQ_BIT(IRQ_VSEI));
    if (vcpu->has_aia && vcpu->guest_file == 0)
        csr_write_hvictl(FIELD_PUT(HVICTL_IID, IRQ_SEI) | FIELD_PUT(HVICTL_IPRIO, level ? 1 : 0));
}

bool vcpu_interrupt_pending(const struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    (void)vcpu;
    return (csr_read_hip() & csr_read_hie() & VS_IRQS) != 0;
}

static inline void note_trap(struct vcpu *vcpu, uint64_t pc, uint64_t cause, uint64_t tval)
{
    DEBUG_ASSERT(atomic_load(&vcpu->trap_changes) % 2 == 0);
    atomic_fetch_add(&vcpu->trap_changes, 1);
    vcpu->trap.count++;
    vcpu->trap.time = csr_read_time();
    vcpu->trap.pc = pc;
    vcpu->trap.cause = cause;
    vcpu->trap.tval = tval;
    atomic_fetch_add(&vcpu->trap_changes, 1);
}

struct vcpu_trap vcpu_last_trap(const struct vcpu *vcpu)
{
    struct vcpu_trap copy;
    uint32_t before;
    do {
        before = atomic_load(&vcpu->trap_changes);
        copy = vcpu->trap;
        atomic_thread_fence(memory_order_acquire);
    } while (before % 2 != 0 || before != atomic_load(&vcpu->trap_changes));
    return copy;
}

void vcpu_inject_in_place(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    DEBUG_ASSERT(cause < VCPU_CAUSES);
    vcpu_assert_own(vcpu);
    uint64_t pc = csr_read_sepc(), host = csr_read_sstatus(), status = csr_read_vsstatus();
    vcpu->injected[cause % VCPU_CAUSES]++;
    note_trap(vcpu, pc, cause, tval);
    /* Zicfilp: whether a landing pad was expected is set aside as the rest is, and is not now. */
    uint64_t kept = host & (SSTATUS_SPP | SSTATUS_SPELP);
    uint64_t was_enabled = status & SSTATUS_SIE ? SSTATUS_SPIE : 0;
    status &= ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE | SSTATUS_SPELP);
    csr_write_vsstatus(status | kept | was_enabled);
    csr_write_vscause(cause);
    csr_write_vstval(tval);
    csr_write_vsepc(pc);
    csr_write_sepc(csr_read_vstvec() & ~UINT64_C(3)); /* an exception goes to BASE in both modes */
    csr_write_sstatus((host & ~SSTATUS_SPELP) | SSTATUS_SPP);
    csr_write_hstatus(csr_read_hstatus() | HSTATUS_SPVP);
}

void vcpu_inject(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    vcpu_load_state(vcpu);
    vcpu_inject_in_place(vcpu, cause, tval);
    vcpu_save_state(vcpu);
}

void vcpu_reset(struct vcpu *vcpu, uint64_t pc, uint64_t a0, uint64_t a1)
{
    vcpu_assert_own(vcpu);
    memset(vcpu->x, 0, sizeof vcpu->x);
    vcpu->x[REG_A0] = a0;
    vcpu->x[REG_A1] = a1;
    vcpu->sepc = pc;
    vcpu->sstatus = csr_read_sstatus() | SSTATUS_SPP;
    vcpu->sstatus &= ~(SSTATUS_SPIE | SSTATUS_SIE | SSTATUS_SPELP);
    vcpu->hstatus = HSTATUS_SPV | HSTATUS_SPVP | FIELD_PUT(HSTATUS_VSXL, 2) |
                    FIELD_PUT(HSTATUS_VGEIN, vcpu->guest_file) | (vcpu->trap_wfi ? HSTATUS_VTW : 0);
    csr_write_vsatp(0);
    /* FP and vector on, as OpenSBI leaves them: a bare program may use them at once. VS only with
     * V: harts without may keep the bits all the same, and Linux believes them. */
    bool has_vector = platform_has_extension(platform(), "v");
    csr_write_vsstatus(FIELD_PUT(SSTATUS_UXL, 2) | SSTATUS_FS_INITIAL |
                       (has_vector ? SSTATUS_VS_INITIAL : 0));
    csr_write_vsie(0);
    csr_write_vstvec(0);
    csr_write_vsscratch(0);
    csr_write_senvcfg(0);
    if (vcpu->has_aia)
        csr_write_vsiselect(0);
    /* Priv 1.13 §12.1.5: zero would let a guest's user mode die on rdtime before it sets this.
     * OpenSBI leaves these three. */
    csr_write_scounteren(COUNTEREN_ZICNTR);
}

void vcpu_clear_ipi(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    (void)vcpu_take_requests(vcpu, VCPU_REQ_IPI);
    csr_clear_hvip(IRQ_BIT(IRQ_VSSI));
}

void vcpu_clear_interrupts(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    csr_write_vsie(0); /* or a line that is up would keep a stopped hart from its wfi */
    csr_write_hvip(0);
    vcpu_set_external(vcpu, atomic_load(&vcpu->external_level)); /* a line stays up */
    vcpu_set_timer(vcpu, UINT64_MAX);
}
