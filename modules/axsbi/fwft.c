/*
 * FWFT (SBI 3.0 §18): features that a hart of the guest switches for itself. All but the first are
 * bits of its henvcfg, which are also where their values are kept: a non-retentive suspend leaves
 * them, a hart's start resets them (§18, "feature values are retained …").
 */
#include <axhal/csr_bits.h>
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

static enum sbi_error find(const struct vcpu *vcpu, uint32_t feature)
{
    if (feature >= SBI_FWFT_FEATURES) /* reserved, or platform-specific and not implemented */
        return SBI_ERR_DENIED;
    if (feature == SBI_FWFT_MISALIGNED_EXC_DELEG || (switches[feature] & vcpu->environment))
        return SBI_SUCCESS;
    return SBI_ERR_NOT_SUPPORTED;
}

/* The guest always takes its misaligned accesses itself: to do it here is denied (§18.1, note). */
static enum sbi_error delegate_misaligned(uint64_t value)
{
    if (value > 1)
        return SBI_ERR_INVALID_PARAM;
    return value == 1 ? SBI_SUCCESS : SBI_ERR_DENIED;
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

static enum sbi_error set_value(struct vcpu *vcpu, uint32_t feature, uint64_t value)
{
    if (feature == SBI_FWFT_MISALIGNED_EXC_DELEG)
        return delegate_misaligned(value);
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
        error = set_value(call->vcpu, feature, value);
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
        return sbi_done(1);
    if (feature == SBI_FWFT_POINTER_MASKING_PMLEN)
        return sbi_done(mask_length(FIELD_GET(HENVCFG_PMM, on)));
    return sbi_done((on & switches[feature]) != 0);
}

/* `feature` is 32 bits wide: the rest is not looked at (§3). */
static struct sbi_outcome handle(const struct sbi_call *call)
{
    switch (call->function) {
    case SBI_FWFT_SET:
        return set(call, (uint32_t)call->args[0]);
    case SBI_FWFT_GET:
        return get(call, (uint32_t)call->args[0]);
    default:
        return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    }
}

void fwft_reset(struct sbi_hart *hart, struct vcpu *vcpu)
{
    hart->locked_features = 0;
    vcpu_reset_environment(vcpu);
}

const struct sbi_extension sbi_fwft = {SBI_EXT_FWFT, handle, LEDGER_SBI_FWFT, 1, SBI_ALL_IN_PLACE};
