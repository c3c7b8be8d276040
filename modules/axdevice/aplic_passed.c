/*
 * Sources of a host's APLIC that sends their interrupts to the vCPUs' guest interrupt files itself.
 * What a guest may set of a source, its mode, target and enable bit, is kept here as for any other
 * and passed on; what the hardware changes, its pending bit and its input, is asked for there.
 */
#include "aplic_parts.h"
#include <lib/assert.h>

static bool is_enabled(const struct aplic *aplic, uint32_t source)
{
    return aplic->enabled && (aplic->enable[source / 32] >> source % 32 & 1) != 0;
}

/* To a hart that is not there nothing is sent. */
void aplic_passed_route(const struct aplic *aplic, uint32_t source)
{
    spin_debug_assert_held(&aplic->lock);
    DEBUG_ASSERT(aplic_is_passed(aplic, source));
    const struct aplic_host_source *host = aplic->passed[source];
    uint32_t target = aplic->target[source];
    uint32_t hart = (uint32_t)FIELD_GET(APLIC_TARGET_HART, target);
    bool is_there = hart < aplic->vcpu_count;
    struct aplic_route route = {
        .mode = aplic->mode[source],
        .enabled = is_there && is_enabled(aplic, source),
        .vcpu = is_there ? hart : 0,
        .identity = (uint32_t)FIELD_GET(APLIC_TARGET_EIID, target),
    };
    host->route(host->context, &route);
}

void aplic_passed_pend(const struct aplic *aplic, uint32_t source, bool pending)
{
    spin_debug_assert_held(&aplic->lock);
    DEBUG_ASSERT(aplic_is_passed(aplic, source));
    const struct aplic_host_source *host = aplic->passed[source];
    host->pend(host->context, pending);
}

static bool is_pending(const struct aplic *aplic, uint32_t source)
{
    const struct aplic_host_source *host = aplic->passed[source];
    return host->is_pending(host->context);
}

uint32_t aplic_read_pending(const struct aplic *aplic, uint32_t word)
{
    spin_debug_assert_held(&aplic->lock);
    DEBUG_ASSERT(word < APLIC_WORDS);
    uint32_t value = aplic->pending[word];
    for (uint32_t source = word * 32; source < word * 32 + 32; source++)
        if (aplic_is_passed(aplic, source) && is_pending(aplic, source))
            value |= UINT32_C(1) << source % 32;
    return value;
}

bool aplic_passed_is_active(const struct aplic *aplic, uint32_t source)
{
    DEBUG_ASSERT(aplic_is_passed(aplic, source));
    const struct aplic_host_source *host = aplic->passed[source];
    return host->is_active(host->context);
}

void aplic_pass(struct aplic *aplic, uint32_t source, const struct aplic_host_source *host)
{
    ASSERT(source >= 1 && source <= APLIC_SOURCES && host != NULL);
    spin_lock(&aplic->lock);
    aplic->passed[source] = host;
    spin_unlock(&aplic->lock);
}
