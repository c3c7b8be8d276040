/*
 * The interrupt sources of an APLIC. What sets and clears a pending bit is AIA 1.0 §4.7; in short:
 * a level-sensitive source is pending while its line is active if the delivery is direct, and pends
 * once for each activation if it goes by MSI.
 */
#include "aplic_parts.h"
#include <lib/assert.h>

#define SOURCECFG_D BIT(10)
#define SOURCECFG_SM MASK(2, 0)

enum mode { INACTIVE = 0, DETACHED = 1, EDGE1 = 4, EDGE0 = 5, LEVEL1 = 6, LEVEL0 = 7 };

static bool bit_get(const uint32_t *words, uint32_t n)
{
    DEBUG_ASSERT(n / 32 < APLIC_WORDS);
    return words[n / 32] >> (n % 32) & 1;
}

static void bit_put(uint32_t *words, uint32_t n, bool value)
{
    DEBUG_ASSERT(n / 32 < APLIC_WORDS);
    uint32_t bit = UINT32_C(1) << (n % 32);
    words[n / 32] = value ? words[n / 32] | bit : words[n / 32] & ~bit;
}

static bool is_active(const struct aplic *aplic, uint32_t source)
{
    return source >= 1 && source <= APLIC_SOURCES && aplic->mode[source] != INACTIVE;
}

static bool is_level(const struct aplic *aplic, uint32_t source)
{
    return aplic->mode[source] == LEVEL1 || aplic->mode[source] == LEVEL0;
}

/* The rectified input value (§4.5.2); zero for a source that is inactive or detached. */
static bool rectified(const struct aplic *aplic, uint32_t source)
{
    if (aplic_is_passed(aplic, source))
        return aplic_passed_is_active(aplic, source);
    switch (aplic->mode[source]) {
    case EDGE1:
    case LEVEL1:
        return bit_get(aplic->level, source);
    case EDGE0:
    case LEVEL0:
        return !bit_get(aplic->level, source);
    default:
        return false;
    }
}

static uint32_t hart_of(uint32_t target)
{
    return (uint32_t)FIELD_GET(APLIC_TARGET_HART, target);
}

/* To a hart that is not there the address leads nowhere: the MSI is lost. */
void aplic_send(struct aplic *aplic, uint32_t target)
{
    spin_debug_assert_held(&aplic->lock);
    DEBUG_ASSERT(aplic_sends_msis(aplic));
    uint32_t vcpu = hart_of(target);
    if (vcpu < aplic->vcpu_count &&
        aplic->output.send(aplic->output.external.context, vcpu,
                           (uint32_t)FIELD_GET(APLIC_TARGET_EIID, target)))
        aplic->changed |= BIT(vcpu);
}

/* After a change of the source. A source that is forwarded by MSI is no longer pending (§4.9). */
static void deliver(struct aplic *aplic, uint32_t source)
{
    spin_debug_assert_held(&aplic->lock);
    if (!aplic_sends_msis(aplic)) {
        aplic_idc_update(aplic, hart_of(aplic->target[source]));
    } else if (aplic->enabled && bit_get(aplic->pending, source) &&
               bit_get(aplic->enable, source)) {
        bit_put(aplic->pending, source, false);
        aplic_send(aplic, aplic->target[source]);
    }
}

/* After a change of what the guest sets of the source. */
static void configured(struct aplic *aplic, uint32_t source)
{
    if (aplic_is_passed(aplic, source))
        aplic_passed_route(aplic, source);
    else
        deliver(aplic, source);
}

static void put_line(struct aplic *aplic, uint32_t source, bool level)
{
    spin_debug_assert_held(&aplic->lock);
    if (bit_get(aplic->level, source) == level)
        return;
    bit_put(aplic->level, source, level);
    if (rectified(aplic, source)) /* it has just become so */
        bit_put(aplic->pending, source, true);
    else if (is_level(aplic, source))
        bit_put(aplic->pending, source, false);
    deliver(aplic, source);
}

void aplic_deliver_all(struct aplic *aplic)
{
    spin_debug_assert_held(&aplic->lock);
    if (!aplic_sends_msis(aplic)) {
        for (uint32_t vcpu = 0; vcpu < aplic->vcpu_count; vcpu++)
            aplic_idc_update(aplic, vcpu);
        return;
    }
    for (uint32_t source = 1; source <= APLIC_SOURCES; source++)
        configured(aplic, source);
}

/*
 * There is no completion at an APLIC. With MSIs the end of a level-sensitive interrupt is that its
 * pending bit is asked for again (§4.9.2), with direct delivery the next claim on that hart.
 */
void aplic_end(struct aplic *aplic, uint32_t source)
{
    spin_debug_assert_held(&aplic->lock);
    const struct irq_end *end = source <= APLIC_SOURCES ? aplic->ends[source] : NULL;
    if (end == NULL || !is_level(aplic, source))
        return;
    put_line(aplic, source, false);
    end->ended(end->context);
}

/* A level-sensitive source is never pending while its line is inactive; with direct delivery it is
 * pending already while the line is active. */
void aplic_set_pending(struct aplic *aplic, uint32_t source)
{
    spin_debug_assert_held(&aplic->lock);
    if (aplic_is_passed(aplic, source))
        return aplic_passed_pend(aplic, source, true);
    if (aplic_sends_msis(aplic))
        aplic_end(aplic, source);
    if (!is_active(aplic, source) || (is_level(aplic, source) && !rectified(aplic, source)))
        return;
    bit_put(aplic->pending, source, true);
    deliver(aplic, source);
}

void aplic_clear_pending(struct aplic *aplic, uint32_t source)
{
    spin_debug_assert_held(&aplic->lock);
    if (aplic_is_passed(aplic, source))
        return aplic_passed_pend(aplic, source, false);
    if (!is_active(aplic, source) || (is_level(aplic, source) && !aplic_sends_msis(aplic)))
        return;
    bit_put(aplic->pending, source, false);
    deliver(aplic, source);
}

/* For direct delivery only: the caller notifies the vCPU. */
void aplic_claimed(struct aplic *aplic, uint32_t source)
{
    DEBUG_ASSERT(source >= 1 && source <= APLIC_SOURCES);
    if (!is_level(aplic, source))
        bit_put(aplic->pending, source, false);
}

static void put_enable(struct aplic *aplic, uint32_t source, bool value)
{
    spin_debug_assert_held(&aplic->lock);
    if (!is_active(aplic, source))
        return;
    bit_put(aplic->enable, source, value);
    configured(aplic, source);
}

void aplic_set_enable(struct aplic *aplic, uint32_t source)
{
    put_enable(aplic, source, true);
}

void aplic_clear_enable(struct aplic *aplic, uint32_t source)
{
    put_enable(aplic, source, false);
}

/* There is no child domain to delegate to: what is delegated is inactive, as are the modes 2 and 3,
 * which are reserved. */
static enum mode mode_of(uint32_t sourcecfg)
{
    uint32_t mode = (uint32_t)FIELD_GET(SOURCECFG_SM, sourcecfg);
    if ((sourcecfg & SOURCECFG_D) || mode == 2 || mode == 3)
        return INACTIVE;
    return (enum mode)mode;
}

/* A line that is active already pends: §4.5.2 leaves that open, and it is not missed so. */
void aplic_write_sourcecfg(struct aplic *aplic, uint32_t source, uint32_t value)
{
    spin_debug_assert_held(&aplic->lock);
    DEBUG_ASSERT(source >= 1 && source <= APLIC_SOURCES);
    bool was_active = is_active(aplic, source);
    aplic->mode[source] = (uint8_t)mode_of(value);
    if (!is_active(aplic, source)) {
        bit_put(aplic->pending, source, false);
        bit_put(aplic->enable, source, false);
    } else if (!was_active) {
        aplic->target[source] = aplic_sends_msis(aplic) ? 0 : 1;
    }
    if (is_level(aplic, source) && !aplic_is_passed(aplic, source))
        bit_put(aplic->pending, source, rectified(aplic, source));
    configured(aplic, source);
}

/* With direct delivery no priority number is 0 (§4.5.16), and one vCPU may lose an interrupt to
 * another. */
static void write_direct_target(struct aplic *aplic, uint32_t source, uint32_t value)
{
    uint32_t before = hart_of(aplic->target[source]);
    uint32_t priority = (uint32_t)FIELD_GET(APLIC_TARGET_IPRIO, value);
    aplic->target[source] = (value & (uint32_t)APLIC_TARGET_HART) | (priority != 0 ? priority : 1);
    aplic_idc_update(aplic, before);
}

void aplic_write_target(struct aplic *aplic, uint32_t source, uint32_t value)
{
    spin_debug_assert_held(&aplic->lock);
    if (!is_active(aplic, source))
        return;
    if (aplic_sends_msis(aplic))
        aplic->target[source] = value & (uint32_t)APLIC_MSI_TARGET;
    else
        write_direct_target(aplic, source, value);
    configured(aplic, source);
}

uint32_t aplic_read_target(const struct aplic *aplic, uint32_t source)
{
    return is_active(aplic, source) ? aplic->target[source] : 0;
}

/* When a forwarded line of the host falls there is no notice of it: so it is looked at. A guest may
 * end an interrupt so, by seeing that its source is no longer active (§4.9.2). */
static void look_at_line(struct aplic *aplic, uint32_t source)
{
    const struct irq_end *end = aplic->ends[source];
    if (end != NULL && bit_get(aplic->level, source) && !end->is_active(end->context))
        aplic_end(aplic, source);
}

uint32_t aplic_read_rectified(struct aplic *aplic, uint32_t word)
{
    spin_debug_assert_held(&aplic->lock);
    DEBUG_ASSERT(word < APLIC_WORDS);
    uint32_t value = 0;
    for (uint32_t source = word * 32; source < word * 32 + 32; source++) {
        if (!is_active(aplic, source))
            continue;
        look_at_line(aplic, source);
        if (rectified(aplic, source))
            value |= UINT32_C(1) << source % 32;
    }
    return value;
}

static uint64_t set_line(void *context, uint32_t source, bool level)
{
    DEBUG_ASSERT(source >= 1 && source <= APLIC_SOURCES);
    struct aplic *aplic = context;
    spin_lock(&aplic->lock);
    put_line(aplic, source, level);
    return aplic_unlock(aplic);
}

static void tell(void *context, uint64_t vcpus)
{
    const struct aplic *aplic = context;
    external_tell(&aplic->output.external, vcpus);
}

static void set_end(void *context, uint32_t source, const struct irq_end *end)
{
    struct aplic *aplic = context;
    spin_lock(&aplic->lock);
    aplic->ends[source] = end;
    spin_unlock(&aplic->lock);
}

struct irq_line aplic_line(struct aplic *aplic, uint32_t source)
{
    ASSERT(source >= 1 && source <= APLIC_SOURCES);
    return (struct irq_line){
        .set = set_line, .tell = tell, .on_end = set_end, .context = aplic, .source = source};
}
