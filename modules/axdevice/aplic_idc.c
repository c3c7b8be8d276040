/* Interrupts by a signal to each hart (AIA 1.0 §4.8). */
#include "aplic_parts.h"
#include <lib/assert.h>

#define IDC_STRIDE 32
enum { IDELIVERY = 0x00, IFORCE = 0x04, ITHRESHOLD = 0x08, TOPI = 0x18, CLAIMI = 0x1c };

#define TOPI_IDENTITY MASK(25, 16)

/* The source for a vCPU that has the lowest priority number below `limit`; the lowest id among
 * equals; 0: there is none. */
static uint32_t best_source(const struct aplic *aplic, uint32_t vcpu, uint64_t limit)
{
    DEBUG_ASSERT(vcpu < aplic->vcpu_count);
    uint32_t best = 0;
    for (uint32_t w = 0; w < APLIC_WORDS; w++) {
        for (uint32_t ready = aplic_ready(aplic, w); ready != 0; ready &= ready - 1) {
            uint32_t source = w * 32 + (uint32_t)__builtin_ctz(ready);
            uint32_t target = aplic->target[source];
            uint64_t priority = FIELD_GET(APLIC_TARGET_IPRIO, target);
            if (FIELD_GET(APLIC_TARGET_HART, target) == vcpu && priority < limit) {
                limit = priority;
                best = source;
            }
        }
    }
    return best;
}

/* The value of topi. A threshold of 0 lets all through. */
static uint32_t top(const struct aplic *aplic, uint32_t vcpu)
{
    DEBUG_ASSERT(vcpu < aplic->vcpu_count);
    uint32_t threshold = aplic->idcs[vcpu].threshold;
    uint32_t source = best_source(aplic, vcpu, threshold != 0 ? threshold : UINT64_MAX);
    if (source == 0)
        return 0;
    return (uint32_t)(FIELD_PUT(TOPI_IDENTITY, source) |
                      FIELD_GET(APLIC_TARGET_IPRIO, aplic->target[source]));
}

void aplic_idc_update(struct aplic *aplic, uint32_t vcpu)
{
    spin_debug_assert_held(&aplic->lock);
    if (vcpu >= aplic->vcpu_count)
        return;
    struct aplic_idc *idc = &aplic->idcs[vcpu];
    bool eip = aplic->enabled && idc->delivery && (idc->force || top(aplic, vcpu) != 0);
    if (eip != idc->eip) {
        idc->eip = eip;
        aplic->output.external.store(aplic->output.external.context, vcpu, eip);
        aplic->changed |= BIT(vcpu);
    }
}

/* A claim of nothing ends a forced interrupt (§4.8.1.5). */
static uint32_t claim(struct aplic *aplic, uint32_t vcpu)
{
    spin_debug_assert_held(&aplic->lock);
    struct aplic_idc *idc = &aplic->idcs[vcpu];
    aplic_end(aplic, idc->claimed);
    uint32_t value = top(aplic, vcpu);
    idc->claimed = (uint32_t)FIELD_GET(TOPI_IDENTITY, value);
    if (value == 0)
        idc->force = false;
    else
        aplic_claimed(aplic, (uint32_t)FIELD_GET(TOPI_IDENTITY, value));
    aplic_idc_update(aplic, vcpu);
    return value;
}

uint32_t aplic_idc_read(struct aplic *aplic, uint64_t offset)
{
    spin_debug_assert_held(&aplic->lock);
    uint64_t vcpu = offset / IDC_STRIDE;
    if (vcpu >= aplic->vcpu_count)
        return 0;
    const struct aplic_idc *idc = &aplic->idcs[vcpu];
    switch (offset % IDC_STRIDE) {
    case IDELIVERY:
        return idc->delivery;
    case IFORCE:
        return idc->force;
    case ITHRESHOLD:
        return idc->threshold;
    case TOPI:
        return top(aplic, (uint32_t)vcpu);
    case CLAIMI:
        return claim(aplic, (uint32_t)vcpu);
    default:
        return 0;
    }
}

void aplic_idc_write(struct aplic *aplic, uint64_t offset, uint32_t value)
{
    spin_debug_assert_held(&aplic->lock);
    uint64_t vcpu = offset / IDC_STRIDE;
    if (vcpu >= aplic->vcpu_count)
        return;
    struct aplic_idc *idc = &aplic->idcs[vcpu];
    switch (offset % IDC_STRIDE) {
    case IDELIVERY:
        idc->delivery = value & 1;
        break;
    case IFORCE:
        idc->force = value & 1;
        break;
    case ITHRESHOLD:
        idc->threshold = (uint8_t)FIELD_GET(APLIC_TARGET_IPRIO, value);
        break;
    default: /* topi and claimi are read-only */
        return;
    }
    aplic_idc_update(aplic, (uint32_t)vcpu);
}
