/*
 * The Advanced PLIC (AIA 1.0 §4) as QEMU's virt machine has it: the supervisor-level domain of 96
 * sources, which is all that a guest sees of it. How interrupts get to a vCPU is chosen when it is
 * made and domaincfg.DM says it: by a signal to each hart, over the interrupt delivery controls at
 * its end (§4.8), or as messages to the harts' IMSICs (§4.9).
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/external.h>
#include <axdevice/irq.h>
#include <axsync/spinlock.h>

#define APLIC_SIZE UINT64_C(0x8000)
#define APLIC_SOURCES 96 /* ids 1 .. 96 */
#define APLIC_WORDS (APLIC_SOURCES / 32 + 1)
#define APLIC_MAX_VCPUS 64

/* Interrupt delivery control of a vCPU (§4.8.1). */
struct aplic_idc {
    bool delivery, force;
    uint8_t threshold;
    bool eip;         /* what is stored */
    uint32_t claimed; /* the source of the last claim: the next one says that it is done with */
};

/* Where interrupts go. */
struct aplic_output {
    struct external_output external; /* of MSIs without `store`: that is the IMSIC's */
    /* MSIs: `identity` to the IMSIC of a vCPU, with the APLIC's lock held, in the order of what
     * happened. True: its external interrupt has changed, and the caller notifies it. NULL: direct.
     */
    bool (*send)(void *context, uint32_t vcpu, uint32_t identity);
};

/* How a guest has configured a source. */
struct aplic_route {
    uint32_t mode; /* sourcecfg.SM (§4.5.2); 0: inactive, and the rest is without meaning */
    bool enabled;  /* by the source's bit and domaincfg.IE: it is sent when it pends */
    uint32_t vcpu, identity; /* … there */
};

/*
 * A source of a host's APLIC that sends to the vCPUs by itself: its line, its pending bit and its
 * delivery are there, and follow what the guest writes here. Called with the APLIC's lock held:
 * they must not access the APLIC. A level-sensitive source is never pending while it is inactive:
 * a request for that has no effect.
 */
struct aplic_host_source {
    void (*route)(void *context, const struct aplic_route *route);
    void (*pend)(void *context, bool pending);
    bool (*is_pending)(void *context);
    bool (*is_active)(void *context); /* the rectified input */
    void *context;
};

struct aplic {
    struct mmio_device device;
    uint32_t vcpu_count;
    struct aplic_output output;

    struct spinlock lock;
    /* lock must be held: */
    bool enabled; /* domaincfg.IE */
    uint32_t genmsi;
    uint8_t mode[APLIC_SOURCES + 1]; /* sourcecfg.SM */
    uint32_t target[APLIC_SOURCES + 1];
    uint32_t level[APLIC_WORDS]; /* the lines */
    uint32_t pending[APLIC_WORDS];
    uint32_t enable[APLIC_WORDS];
    struct aplic_idc idcs[APLIC_MAX_VCPUS];
    uint64_t changed;                              /* the vCPUs to notify when the lock is free */
    const struct irq_end *ends[APLIC_SOURCES + 1]; /* NULL: not wanted */
    const struct aplic_host_source *passed[APLIC_SOURCES + 1]; /* NULL: it is a line here */
};

/* Makes an APLIC at `base` for 1 .. 64 vCPUs, else ERR_INVALID. With `output.send` it is one in MSI
 * delivery mode. */
enum err aplic_init(struct aplic *aplic, gpa_t base, uint32_t vcpu_count,
                    struct aplic_output output);

/* The line of `source`, 1 .. 96. */
struct irq_line aplic_line(struct aplic *aplic, uint32_t source);

/* Before the machine runs, of an APLIC in MSI delivery mode: `source` is the host's, which stays.
 */
void aplic_pass(struct aplic *aplic, uint32_t source, const struct aplic_host_source *host);
