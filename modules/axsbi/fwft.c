/*
 * FWFT (SBI 3.0 §18): features that a hart of the guest switches for itself. The first is passed on
 * to the firmware. The others are bits of the hart's henvcfg, which are also where their values are
 * kept: a non-retentive suspend leaves them, a hart's start resets them.
 */
#include <axhal/csr_bits.h>
#include <lib/assert.h>
#include "extension.h"

static const uint64_t switches[SBI_FWFT_FEATURES] = {
    [SBI_FWFT_LANDING_PAD] = HENVCFG_LPE,
    [SBI_FWFT_SHADOW_STACK] = HENVCFG_SSE,
    [SBI_FWFT_PTE_AD_HW_UPDATING] = HENVCFG_ADUE,
    [SBI_FWFT_POINTER_MASKING_PMLEN] = HENVCFG_PMM,
};

/* The modes of henvcfg.PMM (Zjpm §2.2), the shorter mask first. */
static const struct {
    uint64_t length, mode;
} masks[] = {{7, 2}, {16, 3}};

/*
 * §18 has PTE_AD_HW_UPDATING off at a hart's start. The devicetree's binding has it on if the tree
 * names svadu alone, and natively it is; kernels that know no FWFT, and never set A and D, live of
 * that. So there it is on until the guest asks for it: the first that sets or gets it finds it off.
 */
static void settle_updating(struct sbi_hart *hart, struct vcpu *vcpu)
{
    if (hart->updating_known || !(vcpu->environment & HENVCFG_ADUE))
        return;
    (void)vcpu_set_environment(vcpu, HENVCFG_ADUE, 0); /* that can't fail: 0 always sticks */
    hart->updating_known = true;
}

static enum sbi_error find(const struct vcpu *vcpu, uint32_t feature)
{
    if (feature >= SBI_FWFT_FEATURES) /* reserved, or platform-specific and not implemented */
        return SBI_ERR_DENIED;
    if (feature == SBI_FWFT_MISALIGNED_EXC_DELEG || (switches[feature] & vcpu->environment))
        return SBI_SUCCESS;
    return SBI_ERR_NOT_SUPPORTED;
}

static enum sbi_error delegate_misaligned(struct sbi_hart *hart, uint64_t value)
{
    if (value > 1)
        return SBI_ERR_INVALID_PARAM;
    if (!vcpu_delegate_misaligned(value == 1))
        return SBI_ERR_DENIED;
    hart->misaligned_delegated = value == 1;
    return SBI_SUCCESS;
}

/* The shortest mask that the hart has and that is at least as long as asked for. */
static enum sbi_error mask_pointers(struct vcpu *vcpu, uint64_t length)
{
    if (length == 0)
        return vcpu_set_environment(vcpu, HENVCFG_PMM, 0) ? SBI_SUCCESS : SBI_ERR_FAILED;
    for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
        if (length <= masks[i].length &&
            vcpu_set_environment(vcpu, HENVCFG_PMM, FIELD_PUT(HENVCFG_PMM, masks[i].mode)))
            return SBI_SUCCESS;
    return SBI_ERR_INVALID_PARAM;
}

static enum sbi_error set_value(struct sbi_hart *hart, struct vcpu *vcpu, uint32_t feature,
                                uint64_t value)
{
    DEBUG_ASSERT(feature < SBI_FWFT_FEATURES);
    if (feature == SBI_FWFT_MISALIGNED_EXC_DELEG)
        return delegate_misaligned(hart, value);
    if (feature == SBI_FWFT_POINTER_MASKING_PMLEN)
        return mask_pointers(vcpu, value);
    if (value > 1)
        return SBI_ERR_INVALID_PARAM;
    uint64_t bit = switches[feature];
    return vcpu_set_environment(vcpu, bit, value ? bit : 0) ? SBI_SUCCESS : SBI_ERR_FAILED;
}

static struct sbi_outcome set(const struct sbi_call *call, uint32_t feature)
{
    struct sbi_hart *hart = sbi_hart_of(call);
    const uint64_t value = call->args[1], flags = call->args[2];
    enum sbi_error error = find(call->vcpu, feature);
    if (error == SBI_SUCCESS && (flags & ~SBI_FWFT_LOCK))
        error = SBI_ERR_INVALID_PARAM;
    if (error == SBI_SUCCESS && (hart->locked_features & BIT(feature)))
        error = SBI_ERR_DENIED_LOCKED;
    if (error == SBI_SUCCESS)
        error = set_value(hart, call->vcpu, feature, value);
    if (error == SBI_SUCCESS && (flags & SBI_FWFT_LOCK))
        hart->locked_features |= (uint32_t)BIT(feature);
    return error == SBI_SUCCESS ? sbi_done(0) : sbi_refuse(error);
}

static uint64_t mask_length(uint64_t mode)
{
    for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
        if (masks[i].mode == mode)
            return masks[i].length;
    return 0;
}

static struct sbi_outcome get(const struct sbi_call *call, uint32_t feature)
{
    enum sbi_error error = find(call->vcpu, feature);
    if (error != SBI_SUCCESS)
        return sbi_refuse(error);
    uint64_t on = vcpu_get_environment(call->vcpu);
    if (feature == SBI_FWFT_MISALIGNED_EXC_DELEG)
        return sbi_done(sbi_hart_of(call)->misaligned_delegated);
    if (feature == SBI_FWFT_POINTER_MASKING_PMLEN)
        return sbi_done(mask_length(FIELD_GET(HENVCFG_PMM, on)));
    return sbi_done((on & switches[feature]) != 0);
}

/* `feature` is 32 bits wide: the rest is not looked at (§3). */
static struct sbi_outcome handle(const struct sbi_call *call)
{
    const uint32_t feature = (uint32_t)call->args[0];
    if (feature == SBI_FWFT_PTE_AD_HW_UPDATING && call->function <= SBI_FWFT_GET)
        settle_updating(sbi_hart_of(call), call->vcpu);
    switch (call->function) {
    case SBI_FWFT_SET:
        return set(call, feature);
    case SBI_FWFT_GET:
        return get(call, feature);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

void fwft_reset(struct sbi_hart *hart, struct vcpu *vcpu)
{
    if (hart->misaligned_delegated)
        (void)vcpu_delegate_misaligned(false); /* it was switched before, so it can be */
    hart->misaligned_delegated = false;
    hart->updating_known = false;
    hart->locked_features = 0;
    vcpu_reset_environment(vcpu);
}

const struct sbi_extension sbi_fwft = {.id = SBI_EXT_FWFT,
                                       .handle = handle,
                                       .column = LEDGER_SBI_FWFT,
                                       .columns = 1,
                                       .in_place = SBI_ALL_IN_PLACE};
