/*
 * Interrupt files in software (AIA 1.0 §3): the supervisor-level files of the vCPUs that have no
 * guest interrupt file of their hart. Each is a page of the machine, for MSIs, and registers that
 * the guest's siselect, sireg and stopei lead to; the code that emulates those instructions calls
 * here.
 */
#pragma once
#include <axdevice/bus.h>
#include <axsync/spinlock.h>
#include <stdatomic.h>
#include <stdbool.h>

#define IMSIC_MAX_VCPUS 64
#define IMSIC_MAX_IDENTITIES 2047
#define IMSIC_WORDS ((IMSIC_MAX_IDENTITIES + 1) / 64)

struct imsic_file {
    struct imsic *imsic;
    uint32_t vcpu;
    struct spinlock lock;
    /* lock must be held: */
    bool delivery; /* eidelivery */
    uint32_t threshold;
    uint64_t pending[IMSIC_WORDS];
    uint64_t enable[IMSIC_WORDS];
    _Atomic bool *level; /* the vCPU's external interrupt; others may look at it at any time */
};

struct imsic {
    struct mmio_device device; /* the pages of all vCPUs, in the order of their ids */
    uint32_t vcpu_count;
    uint32_t identities; /* 1 .. identities */
    void (*changed)(void *context, uint32_t vcpu);
    void *changed_context;
    struct imsic_file *files[IMSIC_MAX_VCPUS]; /* NULL: not in software */
};

/* What an instruction does to a register: (old & ~clear) | set. */
struct imsic_change {
    uint64_t clear, set;
};

/*
 * Makes it at `base` for 1 .. 64 vCPUs and a number of identities that is one less than a multiple
 * of 64, 63 to 2047, else ERR_INVALID. No vCPU has a file yet. `changed` is called after every
 * change of a vCPU's external interrupt, with no lock held: it wakes the vCPU, which comes here at
 * once. So it may come late, and the level is to be looked at anew.
 */
enum err imsic_init(struct imsic *imsic, gpa_t base, uint32_t vcpu_count, uint32_t identities,
                    void (*changed)(void *context, uint32_t vcpu), void *context);
/* Before the machine runs: the file of a vCPU is in software, in `file`, and what it makes of the
 * vCPU's external interrupt is in `*level`; both stay. */
void imsic_add_file(struct imsic *imsic, uint32_t vcpu, struct imsic_file *file,
                    _Atomic bool *level);

/* Any hart: an MSI to a file; an identity that it does not have is ignored (§3.5). True: the
 * external interrupt of its vCPU has changed, of which the caller notifies it as `changed` does. */
bool imsic_send(struct imsic_file *file, uint32_t identity);
/*
 * sireg with `select`, 0x70 .. 0xff, in siselect, read and changed at once. ERR_NOT_FOUND, and
 * nothing has changed: on RV64 there is no such register (§3.8).
 */
enum err imsic_access(struct imsic_file *file, uint64_t select, struct imsic_change change,
                      uint64_t *old);
/* The value of stopei; with `claim` the identity in it is no longer pending (§3.9). */
uint64_t imsic_top(struct imsic_file *file, bool claim);
