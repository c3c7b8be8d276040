/* See doorbell.h. */
#include <axbare/arch/csr.h>
#include <axbare/doorbell.h>

#define PLIC UINT64_C(0x0c000000)
#define SOURCE 40
#define PRIORITY (PLIC + 4 * SOURCE)
#define ENABLE (PLIC + 0x2080 + 4 * (SOURCE / 32)) /* of hart 0's S-mode */
#define THRESHOLD (PLIC + 0x201000)
#define CLAIM (PLIC + 0x201004)

static volatile uint32_t *at(uint64_t address)
{
    return (volatile uint32_t *)address;
}

uint32_t doorbell_read(enum doorbell_register r)
{
    return *at(DOORBELL_REGISTERS + r);
}

void doorbell_write(enum doorbell_register r, uint32_t value)
{
    __asm__ volatile("fence w, o" : : : "memory");
    *at(DOORBELL_REGISTERS + r) = value;
}

volatile uint32_t *shared_words(void)
{
    return at(SHARED_WORDS);
}

const volatile uint32_t *shared_states(void)
{
    return at(SHARED_STATES);
}

void doorbell_open(void)
{
    *at(PRIORITY) = 1;
    *at(ENABLE) = 1u << SOURCE % 32;
    *at(THRESHOLD) = 0;
    csr_set(sie, IRQ_BIT(IRQ_SEI));
    doorbell_write(DOORBELL_CONTROL, 1);
}

/* The event is taken back before the completion, so that the line is low then, or high again. */
void doorbell_wait(void)
{
    while (*at(CLAIM) != SOURCE)
        __asm__ volatile("wfi" : : : "memory");
    doorbell_write(DOORBELL_CONTROL, 1);
    *at(CLAIM) = SOURCE;
    __asm__ volatile("fence i, r" : : : "memory");
}

void doorbell_ring_others(void)
{
    uint32_t self = doorbell_read(DOORBELL_ID), peers = doorbell_read(DOORBELL_PEERS);
    for (uint32_t peer = 0; peer < peers; peer++)
        if (peer != self)
            doorbell_write(DOORBELL_RING, peer << 16);
}
