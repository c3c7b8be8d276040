#include <axdriver/guest_wire.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stddef.h>
#include "guest_wires.h"
#include "host_aplic.h"

static const struct aplic_config *aplic; /* NULL: there is none */
static const uint32_t *hart_indices;

static struct spinlock lock = SPINLOCK("guest wires");
/* lock must be held: */
static uint64_t open[APLIC_MOST_SOURCES / 64 + 1]; /* bit n: source n is */

void guest_wires_init(const struct aplic_config *config, const uint32_t *indices)
{
    ASSERT(config != NULL && indices != NULL && aplic == NULL);
    aplic = config;
    hart_indices = indices;
}

static bool is_ours(const struct wired_irq *wire)
{
    return aplic != NULL && wire->controller == aplic->phandle && wire->source >= 1 &&
           wire->source <= aplic->sources;
}

/* lock held */
static bool is_open(const struct wired_irq *wire)
{
    spin_debug_assert_held(&lock);
    return is_ours(wire) && (open[wire->source / 64] >> wire->source % 64 & 1) != 0;
}

/* lock held. Whether a source is ours shows in its mode; it is inactive again then. */
static enum err open_locked(const struct wired_irq *wire)
{
    spin_debug_assert_held(&lock);
    if (is_open(wire))
        return ERR_EXISTS;
    if (!host_aplic_set_mode(aplic, wire->source, LEVEL_HIGH))
        return ERR_NOT_FOUND;
    (void)host_aplic_set_mode(aplic, wire->source, INACTIVE);
    open[wire->source / 64] |= BIT(wire->source % 64);
    return OK;
}

enum err guest_wire_open(const struct wired_irq *wire)
{
    if (!is_ours(wire))
        return ERR_NOT_FOUND;
    spin_lock(&lock);
    enum err err = open_locked(wire);
    spin_unlock(&lock);
    return err;
}

void guest_wire_close(const struct wired_irq *wire)
{
    spin_lock(&lock);
    if (is_open(wire)) {
        (void)host_aplic_set_mode(aplic, wire->source, INACTIVE);
        open[wire->source / 64] &= ~BIT(wire->source % 64);
    }
    spin_unlock(&lock);
}

/* The other edge, or level, where the host's wire is low while its device asks. */
static uint32_t host_mode(const struct wired_irq *wire, uint32_t mode)
{
    bool low = wire->trigger == IRQ_LEVEL_LOW || wire->trigger == IRQ_EDGE_FALLING;
    return low && mode >= EDGE_RISING ? mode ^ 1 : mode;
}

/* lock held. A level that is active already pends: §4.5.2 leaves that open. */
static void put_mode(uint32_t source, uint32_t mode)
{
    spin_debug_assert_held(&lock);
    if (host_aplic_mode(aplic, source) == mode)
        return;
    (void)host_aplic_set_mode(aplic, source, mode);
    if (mode >= LEVEL_HIGH)
        host_aplic_set_pending(aplic, source, true);
}

/* lock held. An inactive source has neither target nor enable bit. */
static void route(const struct wired_irq *wire, const struct guest_wire_route *to)
{
    spin_debug_assert_held(&lock);
    const struct host_aplic_target target = {
        .hart_index = hart_indices[to->hart->index],
        .guest_index = to->file,
        .identity = to->identity,
    };
    put_mode(wire->source, host_mode(wire, to->mode));
    if (to->mode == INACTIVE)
        return;
    if (to->enabled)
        host_aplic_set_target(aplic, wire->source, &target);
    host_aplic_set_enable(aplic, wire->source, to->enabled);
}

void guest_wire_route(const struct wired_irq *wire, const struct guest_wire_route *to)
{
    spin_lock(&lock);
    if (is_open(wire))
        route(wire, to);
    spin_unlock(&lock);
}

void guest_wire_pend(const struct wired_irq *wire, bool pending)
{
    spin_lock(&lock);
    if (is_open(wire))
        host_aplic_set_pending(aplic, wire->source, pending);
    spin_unlock(&lock);
}

bool guest_wire_is_pending(const struct wired_irq *wire)
{
    spin_lock(&lock);
    bool pending = is_open(wire) && host_aplic_is_pending(aplic, wire->source);
    spin_unlock(&lock);
    return pending;
}

bool guest_wire_is_active(const struct wired_irq *wire)
{
    spin_lock(&lock);
    bool active = is_open(wire) && host_aplic_is_active(aplic, wire->source);
    spin_unlock(&lock);
    return active;
}
