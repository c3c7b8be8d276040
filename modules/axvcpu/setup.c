/* A hart is made ready for its vCPU (Priv 1.13 §18.2). */
#include <axaddrspace/addrspace.h>
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/arch/hfence.h>
#include <axhal/csr_bits.h>
#include <axhal/platform.h>
#include <lib/assert.h>
#include "internal.h"

/* The guest's own traps go to the guest, from its user mode too (§18.2.2). */
#define GUEST_EXCEPTIONS                                                                           \
    (BIT(EXC_FETCH_MISALIGNED) | BIT(EXC_FETCH_ACCESS) | BIT(EXC_ILLEGAL) | BIT(EXC_BREAKPOINT) |  \
     BIT(EXC_LOAD_MISALIGNED) | BIT(EXC_LOAD_ACCESS) | BIT(EXC_STORE_MISALIGNED) |                 \
     BIT(EXC_STORE_ACCESS) | BIT(EXC_ECALL_U) | BIT(EXC_FETCH_PAGE) | BIT(EXC_LOAD_PAGE) |         \
     BIT(EXC_STORE_PAGE) | BIT(EXC_SOFTWARE_CHECK))

/* Smstateen §2: hstateen0 holds back senvcfg unless ENVCFG is set. */
#define STATEEN0_ENVCFG BIT(62)

/* A write with a mode that the hart lacks leaves hgatp.MODE as it was (§18.2.10). */
bool vcpu_has_gstage(unsigned mode)
{
    ASSERT(this_hart()->vcpu == NULL && mode != 0);
    csr_write_hgatp(FIELD_PUT(SATP_MODE, mode));
    bool has = FIELD_GET(SATP_MODE, csr_read_hgatp()) == mode;
    csr_write_hgatp(0);
    return has;
}

/* §18.2.15: the bits of vsatp.ASID that stick are ASIDLEN. No guest runs on this hart. */
static uint64_t last_asid(void)
{
    csr_write_vsatp(FIELD_PUT(SATP_MODE, SATP_MODE_SV39) | SATP_ASID);
    uint64_t last = FIELD_GET(SATP_ASID, csr_read_vsatp());
    csr_write_vsatp(0);
    return last;
}

/* What firmware gives natively (§18.2.4): of Zicntr and Zihpm all that the hart has. Its user mode
 * gets what the guest's scounteren says. */
static uint64_t counters(const struct platform *p)
{
    return platform_has_extension(p, "zihpm") ? COUNTEREN_ALL : COUNTEREN_ZICNTR;
}

void vcpu_delegate_user_calls(void)
{
    csr_write_hedeleg(GUEST_EXCEPTIONS);
}

void vcpu_attach(struct vcpu *vcpu)
{
    ASSERT(vcpu->hart == this_hart() && this_hart()->vcpu == NULL);
    ASSERT(vcpu->ledger != NULL && atomic_load(&vcpu->away) == false);
    const struct platform *p = platform();
    csr_write_hedeleg(vcpu->awaits_user ? GUEST_EXCEPTIONS & ~BIT(EXC_ECALL_U) : GUEST_EXCEPTIONS);
    csr_write_hideleg(VS_IRQS);
    csr_write_hcounteren(counters(p));
    csr_write_htimedelta(0);
    aia_attach(vcpu);
    if (platform_has_extension(p, "smstateen") || platform_has_extension(p, "ssstateen"))
        csr_write_hstateen0(STATEEN0_ENVCFG | aia_stateen(vcpu));
    vcpu->environment = vcpu_environment();
    vcpu_reset_environment(vcpu);
    (void)vcpu_delegate_misaligned(false); /* firmware that refuses has no other choice to offer */
    vcpu->last_asid = last_asid();
    vcpu->without_sstc = (vcpu->environment & HENVCFG_STCE) == 0;
    csr_write_hgatp(addrspace_hgatp(vcpu->memory));
    cpu_hfence_gvma_all();
    cpu_hfence_vvma_all();
    cpu_fence_i(); /* the guest's code was stored by whichever hart loaded it */
    vcpu->exits = 0;
    vcpu->guest_deadline = UINT64_MAX;
    vcpu->device_deadline = UINT64_MAX;
    timer_init();
    hart_set_vcpu(vcpu->hart, vcpu);
}

void vcpu_detach(struct vcpu *vcpu)
{
    ASSERT(vcpu->hart == this_hart() && this_hart()->vcpu == vcpu);
    csr_write_vsie(0);
    csr_write_hvip(0);
    aia_detach();
    timer_leave_vcpu();
    csr_write_hgatp(0);
    hart_set_vcpu(vcpu->hart, NULL);
}
