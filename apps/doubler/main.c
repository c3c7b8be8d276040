/*
 * doubler: at each doorbell it writes twice the first shared word into the second, and rings the
 * other peers. It prints every new state of a peer.
 */
#include <axbare/doorbell.h>
#include <axbare/machine.h>
#include <axbare/say.h>

#define MAX_PEERS 16
#define READY 1

static uint32_t known[MAX_PEERS];

void fail(const char *what)
{
    sayf("doubler: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void look_at_states(uint32_t self, uint32_t peers)
{
    for (uint32_t peer = 0; peer < peers && peer < MAX_PEERS; peer++) {
        uint32_t state = shared_states()[peer];
        if (peer != self && state != known[peer])
            sayf("doubler: peer %u has state %u\n", (unsigned)peer, (unsigned)state);
        known[peer] = state;
    }
}

void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    (void)fdt;
    uint32_t self = doorbell_read(DOORBELL_ID), peers = doorbell_read(DOORBELL_PEERS);
    volatile uint32_t *words = shared_words();
    doorbell_open();
    doorbell_write(DOORBELL_STATE, READY);
    sayf("doubler: is peer %u of %u\n", (unsigned)self, (unsigned)peers);
    for (;;) {
        look_at_states(self, peers);
        doorbell_wait();
        words[1] = 2 * words[0];
        doorbell_ring_others();
    }
}
