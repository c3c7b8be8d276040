/*
 * The first memory that this VM shares with others, and its doorbell, at the addresses and with the
 * interrupt that docs/shared-memory.md gives. The VM has a PLIC. Interrupts stay masked in sstatus:
 * a hart that waits finds them pending.
 */
#pragma once
#include <stdint.h>

enum doorbell_register {
    DOORBELL_ID = 0x00,
    DOORBELL_PEERS = 0x04,
    DOORBELL_CONTROL = 0x08,
    DOORBELL_RING = 0x0c,
    DOORBELL_STATE = 0x10,
};

#define DOORBELL_ECAM UINT64_C(0x11000000)
#define DOORBELL_REGISTERS UINT64_C(0x11100000)
#define SHARED_STATES UINT64_C(0x12000000) /* a page: the state of each peer */
#define SHARED_WORDS UINT64_C(0x12001000)  /* what can be written, if the VM has it so */

uint32_t doorbell_read(enum doorbell_register r);
/* What was stored before is seen by the peer that gets the interrupt. */
void doorbell_write(enum doorbell_register r, uint32_t value);

/* The words that all share, and the states of the peers. */
volatile uint32_t *shared_words(void);
const volatile uint32_t *shared_states(void);

/* Enables the doorbell for hart 0, which this is. */
void doorbell_open(void);
/* Waits in wfi for the next event; one that came since the last wait counts. */
void doorbell_wait(void);
/* Rings every other peer. */
void doorbell_ring_others(void);
