/*
 * The Platform-Level Interrupt Controller 1.0.0 as QEMU's virt machine has it: 95 sources, 7
 * priorities, and for guest hart h the contexts 2h (M-mode) and 2h+1 (S-mode), so that a device
 * tree's interrupts-extended has the form that an unmodified kernel knows. M contexts keep their
 * registers and can claim, but a guest has no M-mode: they drive nothing.
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/external.h>
#include <axdevice/irq.h>
#include <axsync/spinlock.h>

#define PLIC_SIZE UINT64_C(0x600000)
#define PLIC_SOURCES 96 /* ids 1 .. 95; 0 means none */
#define PLIC_WORDS (PLIC_SOURCES / 32)
#define PLIC_MAX_PRIORITY 7
#define PLIC_MAX_VCPUS 64

struct plic_context {
    uint32_t enable[PLIC_WORDS];
    uint8_t threshold;
    bool eip; /* what is stored */
};

struct plic {
    struct mmio_device device;
    uint32_t vcpu_count;
    struct external_output output;

    struct spinlock lock;
    /* lock must be held: */
    uint8_t priority[PLIC_SOURCES];
    uint32_t level[PLIC_WORDS];      /* the lines */
    uint32_t pending[PLIC_WORDS];    /* IP bits */
    uint32_t in_service[PLIC_WORDS]; /* claimed and not completed: the gateway is closed */
    struct plic_context contexts[2 * PLIC_MAX_VCPUS];
    uint64_t changed;                         /* the vCPUs to notify when the lock is free */
    const struct irq_end *ends[PLIC_SOURCES]; /* NULL: not wanted */
};

/* Makes a PLIC at `base` for 1 .. 64 vCPUs, else ERR_INVALID. */
enum err plic_init(struct plic *plic, gpa_t base, uint32_t vcpu_count,
                   struct external_output output);

/* The line of `source`, 1 .. 95, level-sensitive. */
struct irq_line plic_line(struct plic *plic, uint32_t source);
