/*
 * henvcfg (Priv 1.13 §18.2.5): what a guest's hart may have, and what of it is on. A bit that the
 * device tree does not name, or that does not stick, is not there.
 */
#include <axhal/arch/csr.h>
#include <axhal/arch/hfence.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/platform.h>
#include <axvcpu/vcpu.h>
#include <lib/assert.h>

/* No extension has to be named for these: that they stick says enough. */
#define PLAIN (HENVCFG_PBMTE | HENVCFG_CBIE | HENVCFG_CBCFE | HENVCFG_CBZE)

/* Off at a hart's start, since SBI FWFT switches them (SBI 3.0 §18). DTE is not among the bits: to
 * have it the host would have to take double traps itself. */
#define SWITCHED (HENVCFG_LPE | HENVCFG_SSE | HENVCFG_PMM | HENVCFG_ADUE)

/*
 * Their faults are software checks, and older firmware keeps those for itself: it sends one on with
 * a landing pad still expected, which the guest's trap vector then lacks too, for ever.
 */
#define CONTROL_FLOW (HENVCFG_LPE | HENVCFG_SSE)

static const struct {
    const char *extension;
    uint64_t bits;
} dependent[] = {
    {"sstc", HENVCFG_STCE},   {"svadu", HENVCFG_ADUE}, {"zicfilp", HENVCFG_LPE},
    {"zicfiss", HENVCFG_SSE}, {"ssnpm", HENVCFG_PMM},
};

uint64_t vcpu_environment(void)
{
    uint64_t old = csr_read_henvcfg(), want = PLAIN;
    for (size_t i = 0; i < ARRAY_SIZE(dependent); i++)
        if (platform_has_extension(platform(), dependent[i].extension))
            want |= dependent[i].bits;
    if ((want & CONTROL_FLOW) && !firmware_has_feature(SBI_FWFT_LANDING_PAD))
        want &= ~CONTROL_FLOW;
    csr_write_henvcfg(want);
    /* Off in menvcfg, as with svade: the host's own tables have A and D set, so on is as good. */
    if ((want & ~csr_read_henvcfg() & HENVCFG_ADUE) &&
        firmware_set_feature(SBI_FWFT_PTE_AD_HW_UPDATING, 1))
        csr_write_henvcfg(want);
    uint64_t granted = csr_read_henvcfg() & want;
    /* A VM is loaded on any hart, perhaps on one that has a guest. */
    csr_write_henvcfg(old);
    return granted;
}

/*
 * A device tree that has svadu alone says that the hart always updates A and D, one with svade too
 * that it does once asked to; the guest's tree has what the host's has.
 */
void vcpu_reset_environment(struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    uint64_t off = SWITCHED;
    if (!platform_has_extension(platform(), "svade"))
        off &= ~HENVCFG_ADUE;
    csr_write_henvcfg(vcpu->environment & ~off);
}

/*
 * Misaligned accesses of loads and stores that the hart does not make are the firmware's, as
 * natively: it emulates them, or sends their exceptions down, which hedeleg then sends on to the
 * guest. Firmware that does not know the choice emulates them.
 */
bool vcpu_delegate_misaligned(bool wanted)
{
    return !firmware_has_feature(SBI_FWFT_MISALIGNED_EXC_DELEG) ||
           firmware_set_feature(SBI_FWFT_MISALIGNED_EXC_DELEG, wanted);
}

uint64_t vcpu_get_environment(const struct vcpu *vcpu)
{
    vcpu_assert_own(vcpu);
    return csr_read_henvcfg() & vcpu->environment;
}

bool vcpu_set_environment(struct vcpu *vcpu, uint64_t mask, uint64_t value)
{
    DEBUG_ASSERT((value & ~mask) == 0);
    vcpu_assert_own(vcpu);
    uint64_t old = csr_read_henvcfg();
    if (mask & ~vcpu->environment)
        return false;
    csr_write_henvcfg((old & ~mask) | value);
    if ((csr_read_henvcfg() & mask) != value) {
        csr_write_henvcfg(old);
        return false;
    }
    /* §18.2.5, §18.3: translations cached under the old value may be used until then. */
    cpu_hfence_gvma_all();
    cpu_hfence_vvma_all();
    return true;
}
