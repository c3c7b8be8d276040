#include "gstage.h"
#include <axalloc/frames.h>
#include <axhal/memory.h>
#include <lib/assert.h>
#include <lib/bits.h>

#define PTE_V BIT(0)
#define PTE_R BIT(1)
#define PTE_W BIT(2)
#define PTE_X BIT(3)
#define PTE_U BIT(4)
#define PTE_A BIT(6)
#define PTE_D BIT(7)
#define PTE_PPN MASK(53, 10)

/*
 * Every G-stage access is checked as if made in U-mode, so U is set (Priv 1.13 §18.5.1). A and D
 * are set because the host never looks at them, and hardware may fault where they are clear.
 */
#define PTE_ALWAYS (PTE_V | PTE_U | PTE_A | PTE_D)
#define PTE_LEAF_BITS (PTE_R | PTE_W | PTE_X)

#define SHOWN_LEVEL 1

#define INDEX_BITS 9
#define ROOT_INDEX_BITS (INDEX_BITS + 2) /* the root of an "x4" mode has four times the entries */

static unsigned root_level(enum gstage_mode mode)
{
    return mode == GSTAGE_SV48X4 ? 3 : 2;
}

static unsigned level_shift(unsigned level)
{
    return PAGE_SHIFT + INDEX_BITS * level;
}

static uint64_t level_size(unsigned level)
{
    return BIT(level_shift(level));
}

static unsigned level_entries(const struct addrspace *as, unsigned level)
{
    return 1U << (level == root_level(as->mode) ? ROOT_INDEX_BITS : INDEX_BITS);
}

static unsigned index_of(const struct addrspace *as, uint64_t at, unsigned level)
{
    DEBUG_ASSERT(level <= root_level(as->mode));
    return (unsigned)(at >> level_shift(level)) & (level_entries(as, level) - 1);
}

static uint64_t pte_make(uint64_t host, uint64_t bits)
{
    DEBUG_ASSERT(is_aligned(host, PAGE_SIZE) && host >> GSTAGE_HPA_BITS == 0);
    return FIELD_PUT(PTE_PPN, host >> PAGE_SHIFT) | bits;
}

static uint64_t pte_host(uint64_t pte)
{
    return FIELD_GET(PTE_PPN, pte) << PAGE_SHIFT;
}

static uint64_t *pte_table(uint64_t pte)
{
    DEBUG_ASSERT((pte & PTE_V) && !(pte & PTE_LEAF_BITS));
    return hpa_to_ptr(hpa(pte_host(pte)));
}

static uint64_t pte_bits(unsigned rights)
{
    return PTE_ALWAYS | (rights & RAM_READ ? PTE_R : 0) | (rights & RAM_WRITE ? PTE_W : 0) |
           (rights & RAM_EXECUTE ? PTE_X : 0);
}

unsigned gstage_gpa_bits(enum gstage_mode mode)
{
    return level_shift(root_level(mode)) + ROOT_INDEX_BITS;
}

/* The entry of `at` at `level`, with the tables above it; NULL if frames ran out. */
static uint64_t *entry_of(struct addrspace *as, uint64_t at, unsigned level)
{
    uint64_t *table = hpa_to_ptr(as->root);
    for (unsigned l = root_level(as->mode); l > level; l--) {
        uint64_t *entry = &table[index_of(as, at, l)];
        if (!(*entry & PTE_V)) {
            hpa_t frame;
            if (frames_alloc_zeroed(PAGE_SIZE, PAGE_SIZE, &frame) != OK)
                return NULL;
            as->table_bytes += PAGE_SIZE;
            *entry = pte_make(frame.a, PTE_V);
        }
        ASSERT(!(*entry & PTE_LEAF_BITS)); /* else a page would be taken for a table */
        table = pte_table(*entry);
    }
    return &table[index_of(as, at, level)];
}

/* The largest page for the start of [base, base+size) -> host. */
static unsigned leaf_level(unsigned largest, uint64_t base, uint64_t size, uint64_t host)
{
    unsigned level = largest;
    while (level > 0 && (size < level_size(level) || !is_aligned(base | host, level_size(level))))
        level--;
    return level;
}

enum err gstage_map(struct addrspace *as, uint64_t base, uint64_t size, uint64_t host,
                    unsigned rights)
{
    const uint64_t bits = pte_bits(rights);
    ASSERT(is_aligned(base | size | host, PAGE_SIZE) && (rights & RAM_READ));
    while (size > 0) {
        unsigned level = leaf_level(as->largest_level, base, size, host);
        uint64_t *entry = entry_of(as, base, level);
        if (!entry)
            return ERR_NO_MEMORY;
        ASSERT(*entry == 0); /* no mapping over a mapping: addrspace_reserve() came before */
        *entry = pte_make(host, bits);
        base += level_size(level);
        host += level_size(level);
        size -= level_size(level);
    }
    return OK;
}

/* By the entries of 2 MiB, whether they are leaves or have a table of pages below: what is clear is
 * their V bit alone. A larger leaf would be hidden whole. */
void gstage_show(struct addrspace *as, uint64_t base, uint64_t size, bool wanted)
{
    for (uint64_t at = base; at < base + size; at += level_size(SHOWN_LEVEL)) {
        uint64_t *entry = entry_of(as, at, SHOWN_LEVEL);
        __atomic_store_n(entry, wanted ? *entry | PTE_V : *entry & ~PTE_V, __ATOMIC_RELEASE);
    }
}

static bool is_empty(const uint64_t *table, unsigned entries)
{
    for (unsigned i = 0; i < entries; i++)
        if (table[i])
            return false;
    return true;
}

/* Clears the entries of `table` for [from, to), which it covers, and frees empty tables below. */
static void clear(struct addrspace *as, uint64_t *table, unsigned level, uint64_t from, uint64_t to)
{
    while (from < to) {
        uint64_t *entry = &table[index_of(as, from, level)];
        uint64_t next = align_down(from, level_size(level)) + level_size(level);
        uint64_t end = next < to ? next : to;
        if (*entry & PTE_LEAF_BITS) {
            *entry = 0;
        } else if (level > 0 && *entry != 0) { /* also if it is hidden */
            uint64_t *below = pte_table(*entry | PTE_V);
            clear(as, below, level - 1, from, end);
            if (is_empty(below, level_entries(as, level - 1))) {
                frames_free(hpa(pte_host(*entry)), PAGE_SIZE);
                as->table_bytes -= PAGE_SIZE;
                *entry = 0;
            }
        }
        from = end;
    }
}

void gstage_unmap(struct addrspace *as, uint64_t from, uint64_t to)
{
    ASSERT(from <= to && to <= BIT(gstage_gpa_bits(as->mode)));
    clear(as, hpa_to_ptr(as->root), root_level(as->mode), from, to);
}

enum err addrspace_walk(const struct addrspace *as, gpa_t at, hpa_t *out, uint64_t *pte)
{
    if (at.a >> gstage_gpa_bits(as->mode))
        return ERR_NOT_FOUND;
    unsigned level = root_level(as->mode);
    uint64_t entry = ((uint64_t *)hpa_to_ptr(as->root))[index_of(as, at.a, level)];
    while ((entry & PTE_V) && !(entry & PTE_LEAF_BITS)) {
        level--;
        entry = pte_table(entry)[index_of(as, at.a, level)];
    }
    if (!(entry & PTE_V))
        return ERR_NOT_FOUND;
    *out = hpa(pte_host(entry) | (at.a & (level_size(level) - 1)));
    *pte = entry;
    return OK;
}
