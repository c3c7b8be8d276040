/*
 * A bank of parallel NOR flash with Intel's command set (CFI 01), as QEMU's virt machine has two: a
 * pair of 16-bit chips side by side on a bus of 32 bits. In its array mode the owner can map the
 * bytes, so that reads and fetches take no exit; writes are commands. The other modes' reads come
 * here.
 *
 * A block's erasure takes time, as on chips: the status says so, each access erases a further part,
 * and until its end commands are ignored.
 */
#pragma once
#include <axdevice/bus.h>
#include <axsync/spinlock.h>

#define PFLASH_SIZE UINT64_C(0x2000000)     /* of a bank */
#define PFLASH_BLOCK UINT64_C(0x40000)      /* what is erased at once */
#define PFLASH_BUFFER_SIZE UINT64_C(0x1000) /* of the write buffer */
#define PFLASH_ERASE_PART UINT64_C(0x4000)

struct pflash;

/*
 * The owner's side: the guest sees the bytes at the bank's addresses, or its reads come here. A
 * change has two halves, because other harts may have to forget the old mapping: one of them may be
 * in an access to this bank, and then answers only after it has had the lock.
 */
struct pflash_view {
    void (*show)(void *context, struct pflash *flash, bool wanted); /* the bank's lock is held */
    void (*settle)(void *context); /* no lock is held: after show(), before the access ends */
    void *context;
};

struct pflash {
    struct mmio_device device;
    uint8_t *bytes; /* PFLASH_SIZE of them; NULL: all read 0, and can't be changed */
    const struct pflash_view *view; /* NULL: all reads come here */

    struct spinlock lock;
    /* lock must be held: */
    bool unsettled;  /* show() was called, settle() was not */
    uint8_t command; /* whose reads are answered; 0: the array's */
    uint8_t status;
    unsigned cycle;            /* of a command of several writes: how many came */
    uint32_t left;             /* words that a buffered write still takes */
    uint64_t buffered;         /* the offset of what the buffer holds; PFLASH_SIZE: nothing */
    uint64_t erase, erase_end; /* what is still to be erased */
    uint8_t buffer[PFLASH_BUFFER_SIZE];
};

/*
 * Makes a bank at `base` in array mode. `bytes` and `view` belong to the caller, and must outlive
 * the bank. `view` may be NULL.
 */
void pflash_init(struct pflash *flash, gpa_t base, uint8_t *bytes, const struct pflash_view *view);
