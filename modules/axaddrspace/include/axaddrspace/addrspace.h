/*
 * The guest-physical address space of a VM: G-stage tables (Priv 1.13 §18.5) and checked access to
 * the guest's RAM. All is mapped before the VM starts and never changed while it runs, so readers
 * take no lock. The caller that gives a VMID to an address space again, after another one had it,
 * executes hfence.gvma for it on each hart before the guest runs there.
 */
#pragma once
#include <axhal/memory.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <lib/ranges.h>
#include <stdbool.h>
#include <stddef.h>

enum gstage_mode { GSTAGE_SV39X4 = 8, GSTAGE_SV48X4 = 9 }; /* the values of hgatp.MODE */

#define ADDRSPACE_MAX_RAM 24

/* What a guest may do with memory; with every other access it gets an access fault. */
enum ram_rights {
    RAM_READ = 1 << 0,
    RAM_WRITE = 1 << 1,
    RAM_EXECUTE = 1 << 2,
    RAM_ALL = RAM_READ | RAM_WRITE | RAM_EXECUTE,
};

struct ram_region {
    gpa_t base;
    uint64_t size; /* bytes */
    hpa_t host;
    unsigned rights; /* enum ram_rights */
};

struct addrspace {
    enum gstage_mode mode;
    uint16_t vmid;
    hpa_t root; /* 16 KiB, 16 KiB-aligned (Priv 1.13 §18.5.1) */
    uint32_t ram_count;
    struct ram_region ram[ADDRSPACE_MAX_RAM];
    struct ranges taken;    /* all that is mapped, and what addrspace_reserve() keeps free */
    unsigned largest_level; /* of a leaf: 2: 1 GiB, 1: 2 MiB, 0: 4 KiB; before RAM is mapped */
    uint64_t table_bytes;   /* host memory spent on tables */
};

/* Makes an empty address space. ERR_INVALID: an unknown mode, or a VMID of more than 14 bits;
 * ERR_NO_MEMORY. */
enum err addrspace_init(struct addrspace *as, enum gstage_mode mode, uint16_t vmid);
/*
 * Frees the tables; the RAM that they map stays its owner's. No hart may still have the address
 * space in its hgatp.
 */
void addrspace_destroy(struct addrspace *as);
/*
 * Maps RAM with `rights` (enum ram_rights), by the largest pages that the alignment of `base`,
 * `host` and `size` allows (4 KiB, 2 MiB, 1 GiB). On an error nothing has changed:
 *   ERR_INVALID    a value is not page-aligned, `size` is 0, or the rights lack RAM_READ (to write
 *                  and not to read is reserved, Priv 1.13 §12.3.1)
 *   ERR_RANGE      [base, base+size) or [host, host+size) is beyond what a table can express
 *   ERR_EXISTS     it overlaps what is mapped or reserved already
 *   ERR_NO_MEMORY  no frames for the tables, or ADDRSPACE_MAX_RAM or RANGES_MAX ranges are there
 */
enum err addrspace_map_ram(struct addrspace *as, gpa_t base, uint64_t size, hpa_t host,
                           unsigned rights);
/*
 * Maps registers of a device of the host, readable and writable. The errors of addrspace_map_ram();
 * guest_read() and its like do not reach them.
 */
enum err addrspace_map_device(struct addrspace *as, gpa_t base, uint64_t size, hpa_t host);
/*
 * Keeps a range, which may be of any size, for a device in software. Nothing is mapped there,
 * except wholly inside a RANGE_WINDOW. ERR_INVALID, ERR_EXISTS, ERR_NO_MEMORY as above.
 */
enum err addrspace_reserve(struct addrspace *as, gpa_t base, uint64_t size, enum range_kind kind);
/*
 * Any hart, one at a time for each range: hides mapped RAM from the guest, or shows it again.
 * `base` and `size` are multiples of 2 MiB. The caller fences the harts of the VM afterwards.
 * guest_read() and its like reach the RAM all the time.
 */
void addrspace_show(struct addrspace *as, gpa_t base, uint64_t size, bool wanted);
/* Returns the value of hgatp for this address space. */
uint64_t addrspace_hgatp(const struct addrspace *as);

/*
 * Checked copies: all of [at, at+size) must lie in one RAM region with which the guest itself may
 * do so, else ERR_RANGE and nothing is copied. The guest may write there at the same time: copy
 * once, then check what was copied.
 */
enum err guest_read(const struct addrspace *as, gpa_t at, void *to, size_t size);
enum err guest_write(const struct addrspace *as, gpa_t at, const void *from, size_t size);
/* Return the host's pointer to [at, at+size), to read, or also to write; NULL if the range is not
 * wholly in one RAM region with which the guest may do the same. */
const void *guest_ptr_read(const struct addrspace *as, gpa_t at, uint64_t size);
void *guest_ptr(const struct addrspace *as, gpa_t at, uint64_t size);
/* guest_ptr_read() of one byte, for a caller that has a longer way too: NULL also in all regions
 * but the first. */
static inline const void *guest_ptr_first(const struct addrspace *as, gpa_t at)
{
    const struct ram_region *ram = &as->ram[0];
    const uint64_t offset = at.a - ram->base.a;
    return offset < ram->size && (ram->rights & RAM_READ) != 0
               ? hpa_to_ptr(hpa(ram->host.a + offset))
               : NULL;
}
/* Returns true if [at, at+size) is wholly in one RAM region with at least these rights (enum
 * ram_rights). */
bool guest_is_ram(const struct addrspace *as, gpa_t at, uint64_t size, unsigned rights);

/*
 * Walks the tables in software (debugging, tests): the host address of `at` and the leaf that maps
 * it. ERR_NOT_FOUND, and nothing is written, where nothing is mapped.
 */
enum err addrspace_walk(const struct addrspace *as, gpa_t at, hpa_t *out, uint64_t *pte);
