/*
 * ivshmem v2: memory that VMs share, with a doorbell (Jailhouse, Documentation/
 * ivshmem-v2-specification.md; the sections cited are its headings). Each VM, a peer, has the
 * device as a PCI function of its own (ivshmem_bridge.h); what they share is the link.
 *
 * The function has INTx, a level. So an event stays until the guest has seen it: a write to
 * Interrupt Control takes the line back, and enables or disables the next event. docs/
 * shared-memory.md says where this departs from the specification, and why.
 *
 * Locks: each peer has its own. An event for a peer takes that one, and under it the lock of the
 * peer's interrupt controller; no hart ever holds two peers' locks. An event that finds the line
 * high already, or the peer's interrupt disabled, does not touch the controller: however often it
 * is rung, a peer takes one interrupt for each time that it enables it.
 */
#pragma once
#include <axdevice/irq.h>
#include <axsync/spinlock.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stdatomic.h>

#define IVSHMEM_MAX_PEERS 64
#define IVSHMEM_REGISTERS PAGE_SIZE   /* "mapped as a single page" (Register Region) */
#define IVSHMEM_STATE_TABLE PAGE_SIZE /* the first section of the memory */

struct ivshmem_link;

/* Where a peer has the device. */
struct ivshmem_place {
    gpa_t registers; /* BAR 0 at power-on */
    gpa_t memory;    /* the state table, then the read/write section */
    uint64_t size;   /* bytes of both */
};

struct ivshmem_peer {
    struct ivshmem_link *link;
    uint32_t id;
    struct irq_line irq;
    struct ivshmem_place place;
    _Atomic uint64_t decoded; /* where BAR 0 answers, 0: nowhere; for looks without the lock */

    struct spinlock lock;
    /* lock must be held: */
    uint32_t state;
    bool enabled;     /* Interrupt Control, bit 0 */
    bool one_shot;    /* Privileged Control, bit 0: an event clears `enabled` */
    bool pending;     /* an event that the guest has not taken back */
    bool level;       /* the level that the line was last set to */
    uint16_t command; /* the PCI command register */
    uint32_t bar0;
};

struct ivshmem_link {
    uint32_t *states; /* the state table, which the peers read at any time */
    uint32_t peer_count;
    struct ivshmem_peer peers[IVSHMEM_MAX_PEERS];
};

/* A link of 2 .. IVSHMEM_MAX_PEERS peers, else ERR_INVALID; `states` is the state table, zeroed. No
 * peer is connected at first: events for such a one are lost. */
enum err ivshmem_init(struct ivshmem_link *link, uint32_t peer_count, uint32_t *states);
/* Gives the peer its place and line; the guest does not run. It is then as after power-on. */
void ivshmem_connect(struct ivshmem_peer *peer, struct ivshmem_place place, struct irq_line irq);
/* To power-on: line low, nothing enabled, state 0, which the others get an event for if it was
 * another. No vCPU of the peer runs. From then on no event uses its line until its guest asks for
 * them. */
void ivshmem_reset(struct ivshmem_peer *peer);

/* Any hart: 32 bits of the registers at `offset`, a multiple of 4 (Register Region). */
uint32_t ivshmem_read(struct ivshmem_peer *peer, uint64_t offset);
void ivshmem_write(struct ivshmem_peer *peer, uint64_t offset, uint32_t value);

/* Any hart: the same of its PCI configuration space; only the bits in `mask` are written. */
uint32_t ivshmem_config_read(struct ivshmem_peer *peer, uint32_t offset);
void ivshmem_config_write(struct ivshmem_peer *peer, uint32_t offset, uint32_t value,
                          uint32_t mask);
