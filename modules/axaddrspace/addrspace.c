/* The life of an address space, and the checks that stand before its tables are touched. */
#include "gstage.h"
#include <axalloc/frames.h>
#include <lib/assert.h>
#include <lib/bits.h>

#define HGATP_MODE MASK(63, 60)
#define HGATP_VMID MASK(57, 44)
#define HGATP_PPN MASK(43, 0)

enum err addrspace_init(struct addrspace *as, enum gstage_mode mode, uint16_t vmid)
{
    if (mode != GSTAGE_SV39X4 && mode != GSTAGE_SV48X4)
        return ERR_INVALID;
    if (vmid > FIELD_GET(HGATP_VMID, HGATP_VMID))
        return ERR_INVALID;

    hpa_t root;
    if (frames_alloc_zeroed(GSTAGE_ROOT_SIZE, GSTAGE_ROOT_SIZE, &root) != OK)
        return ERR_NO_MEMORY;
    ASSERT(is_aligned(root.a, GSTAGE_ROOT_SIZE)); /* Priv 1.13 §18.5.1 */
    *as = (struct addrspace){.mode = mode,
                             .vmid = vmid,
                             .root = root,
                             .largest_level = GSTAGE_LARGEST_LEVEL,
                             .table_bytes = GSTAGE_ROOT_SIZE};
    return OK;
}

void addrspace_destroy(struct addrspace *as)
{
    ASSERT(as->table_bytes >= GSTAGE_ROOT_SIZE);
    gstage_unmap(as, 0, BIT(gstage_gpa_bits(as->mode)));
    ASSERT(as->table_bytes == GSTAGE_ROOT_SIZE); /* only the root is left */
    frames_free(as->root, GSTAGE_ROOT_SIZE);
    *as = (struct addrspace){0};
}

static enum err check(const struct addrspace *as, gpa_t base, uint64_t size, hpa_t host,
                      unsigned rights)
{
    if (size == 0 || !(rights & RAM_READ) || !is_aligned(base.a | size | host.a, PAGE_SIZE))
        return ERR_INVALID;
    if (!range_inside(base.a, size, 0, BIT(gstage_gpa_bits(as->mode))) ||
        !range_inside(host.a, size, 0, BIT(GSTAGE_HPA_BITS)))
        return ERR_RANGE;
    return OK;
}

enum err addrspace_reserve(struct addrspace *as, gpa_t base, uint64_t size, enum range_kind kind)
{
    return ranges_add(&as->taken, (struct range){base.a, size, kind, NULL}, NULL);
}

/* A range that could be reserved has no other mapping: what is left of a failed one is its own. */
static enum err map(struct addrspace *as, gpa_t base, uint64_t size, hpa_t host, unsigned rights)
{
    enum err err = addrspace_reserve(as, base, size, RANGE_THING);
    if (err != OK)
        return err;
    err = gstage_map(as, base.a, size, host.a, rights);
    if (err == OK)
        return OK;
    gstage_unmap(as, base.a, base.a + size);
    ranges_drop_last(&as->taken);
    return err;
}

enum err addrspace_map_ram(struct addrspace *as, gpa_t base, uint64_t size, hpa_t host,
                           unsigned rights)
{
    enum err err = check(as, base, size, host, rights);
    if (err == OK && as->ram_count == ADDRSPACE_MAX_RAM)
        err = ERR_NO_MEMORY;
    if (err == OK)
        err = map(as, base, size, host, rights);
    if (err == OK)
        as->ram[as->ram_count++] = (struct ram_region){base, size, host, rights};
    return err;
}

enum err addrspace_map_device(struct addrspace *as, gpa_t base, uint64_t size, hpa_t host)
{
    const unsigned rights = RAM_READ | RAM_WRITE;
    enum err err = check(as, base, size, host, rights);
    return err == OK ? map(as, base, size, host, rights) : err;
}

void addrspace_show(struct addrspace *as, gpa_t base, uint64_t size, bool wanted)
{
    ASSERT(is_aligned(base.a | size, SIZE_2M) && guest_is_ram(as, base, size, RAM_READ));
    gstage_show(as, base.a, size, wanted);
}

uint64_t addrspace_hgatp(const struct addrspace *as)
{
    ASSERT(as->root.a != 0);
    return FIELD_PUT(HGATP_MODE, as->mode) | FIELD_PUT(HGATP_VMID, as->vmid) |
           FIELD_PUT(HGATP_PPN, as->root.a >> PAGE_SHIFT);
}
