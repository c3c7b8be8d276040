/* The registers of an ivshmem v2 peer, and the events between peers. */
#include "ivshmem.h"
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>

enum {
    ID = 0x00,
    MAXIMUM_PEERS = 0x04,
    INTERRUPT_CONTROL = 0x08,
    DOORBELL = 0x0c,
    STATE = 0x10,
};

#define INTERRUPT_ENABLE BIT(0)
#define DOORBELL_TARGET MASK(31, 16)
#define DOORBELL_VECTOR MASK(15, 0) /* without MSI-X there is the vector 0 alone */

void ivshmem_update_line(struct ivshmem_peer *peer)
{
    spin_debug_assert_held(&peer->lock);
    bool level = peer->pending && !(peer->command & IVSHMEM_COMMAND_INTX_OFF);
    if (level != peer->level) {
        peer->level = level;
        irq_set(&peer->irq, level);
    }
}

/* A peer that has not enabled events misses them: the shared memory says what there is to do. */
static void notify(struct ivshmem_peer *peer)
{
    spin_lock(&peer->lock);
    if (peer->enabled) {
        peer->enabled = !peer->one_shot;
        peer->pending = true;
        ivshmem_update_line(peer);
    }
    spin_unlock(&peer->lock);
}

/* "Addressing a non-existing or inactive target has no effect" (Doorbell Register). */
static void ring(struct ivshmem_link *link, uint32_t value)
{
    uint32_t target = (uint32_t)FIELD_GET(DOORBELL_TARGET, value);
    if (target < link->peer_count && FIELD_GET(DOORBELL_VECTOR, value) == 0)
        notify(&link->peers[target]);
}

static void notify_others(const struct ivshmem_peer *peer)
{
    DEBUG_ASSERT(!spin_held(&peer->lock)); /* no hart ever holds two peers' */
    struct ivshmem_link *link = peer->link;
    for (uint32_t i = 0; i < link->peer_count; i++)
        if (i != peer->id)
            notify(&link->peers[i]);
}

/* The table has it before the event is sent. Lock held; true if it was another. */
static bool change_state(struct ivshmem_peer *peer, uint32_t state)
{
    spin_debug_assert_held(&peer->lock);
    bool changed = state != peer->state;
    peer->state = state;
    __atomic_store_n(&peer->link->states[peer->id], state, __ATOMIC_RELEASE);
    return changed;
}

static void write_state(struct ivshmem_peer *peer, uint32_t state)
{
    spin_lock(&peer->lock);
    bool changed = change_state(peer, state);
    spin_unlock(&peer->lock);
    if (changed)
        notify_others(peer);
}

static void control_interrupt(struct ivshmem_peer *peer, uint32_t value)
{
    spin_lock(&peer->lock);
    peer->enabled = value & INTERRUPT_ENABLE;
    peer->pending = false;
    ivshmem_update_line(peer);
    spin_unlock(&peer->lock);
}

static uint32_t read_locked(const struct ivshmem_peer *peer, uint64_t offset)
{
    spin_debug_assert_held(&peer->lock);
    return offset == STATE ? peer->state : peer->enabled;
}

/* Offsets without a register, and the doorbell, read 0. */
uint32_t ivshmem_read(struct ivshmem_peer *peer, uint64_t offset)
{
    uint32_t value = 0;
    switch (offset) {
    case ID:
        return peer->id;
    case MAXIMUM_PEERS:
        return peer->link->peer_count;
    case INTERRUPT_CONTROL:
    case STATE:
        spin_lock(&peer->lock);
        value = read_locked(peer, offset);
        spin_unlock(&peer->lock);
        return value;
    default:
        return 0;
    }
}

void ivshmem_write(struct ivshmem_peer *peer, uint64_t offset, uint32_t value)
{
    switch (offset) {
    case INTERRUPT_CONTROL:
        control_interrupt(peer, value);
        break;
    case DOORBELL:
        ring(peer->link, value);
        break;
    case STATE:
        write_state(peer, value);
        break;
    default: /* read-only, or nothing */
        break;
    }
}

void ivshmem_reset(struct ivshmem_peer *peer)
{
    spin_lock(&peer->lock);
    peer->enabled = false;
    peer->one_shot = false;
    peer->pending = false;
    ivshmem_config_reset(peer);
    ivshmem_update_line(peer);
    bool changed = change_state(peer, 0);
    spin_unlock(&peer->lock);
    if (changed)
        notify_others(peer);
}

void ivshmem_connect(struct ivshmem_peer *peer, struct ivshmem_place place, struct irq_line irq)
{
    ASSERT(peer->link != NULL && is_aligned(place.registers.a, IVSHMEM_REGISTERS));
    spin_lock(&peer->lock);
    peer->place = place;
    peer->irq = irq;
    spin_unlock(&peer->lock);
    ivshmem_reset(peer);
}

enum err ivshmem_init(struct ivshmem_link *link, uint32_t peer_count, uint32_t *states)
{
    ASSERT(states != NULL);
    if (peer_count < 2 || peer_count > IVSHMEM_MAX_PEERS)
        return ERR_INVALID;
    memset(link, 0, sizeof(*link));
    link->states = states;
    link->peer_count = peer_count;
    for (uint32_t i = 0; i < peer_count; i++) {
        link->peers[i].link = link;
        link->peers[i].id = i;
        link->peers[i].lock = (struct spinlock)SPINLOCK("ivshmem peer");
    }
    return OK;
}
