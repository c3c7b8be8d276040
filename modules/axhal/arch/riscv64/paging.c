/* Sv39 and Sv48 tables (Priv 1.13 §12.3 to §12.5); the largest page that fits is used. */
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/arch/layout.h>
#include <axhal/csr_bits.h>
#include <axhal/hart.h>
#include <axhal/memory.h>
#include <axhal/paging.h>
#include <axhal/panic.h>
#include <axhal/room.h>
#include <string.h>

#define PTE_V BIT(0)
#define PTE_R BIT(1)
#define PTE_W BIT(2)
#define PTE_X BIT(3)
#define PTE_G BIT(5)
#define PTE_A BIT(6)
#define PTE_D BIT(7)
#define PTE_PPN MASK(53, 10)
#define PTE_LEAF (PTE_R | PTE_W | PTE_X)

#define RX (PTE_R | PTE_X)
#define RO PTE_R
#define RW (PTE_R | PTE_W)

#define ENTRIES 512
/* Root, the GiB levels, and 4 KiB tables for the image and devices. */
#define POOL_TABLES 32
/* A range may need one of each of two levels at either end. */
#define TABLES_PER_RANGE 4

typedef uint64_t table_t[ENTRIES];

static table_t pool[POOL_TABLES] __attribute__((section(".page_tables"), aligned(PAGE_SIZE)));
static uint32_t pool_used;
static table_t *more; /* of memory, for this machine's ranges */
static uint32_t more_count, more_used;
static unsigned levels;
static uint64_t satp;

static uint64_t *new_table(void)
{
    uint64_t *table;
    if (pool_used < POOL_TABLES)
        table = pool[pool_used++];
    else if (more_used < more_count)
        table = more[more_used++];
    else
        return NULL;
    memset(table, 0, sizeof(table_t));
    return table;
}

static unsigned level_shift(unsigned level)
{
    return PAGE_SHIFT + 9 * level;
}

static uint64_t make_pte(uint64_t address, uint64_t flags)
{
    return FIELD_PUT(PTE_PPN, address >> PAGE_SHIFT) | flags;
}

static uint64_t *pte_table(uint64_t pte)
{
    return (uint64_t *)(FIELD_GET(PTE_PPN, pte) << PAGE_SHIFT);
}

/* Turns a leaf of `level` into a table of the pages that it covered, with the same rights. */
static enum err split(uint64_t *entry, unsigned level)
{
    uint64_t *table = new_table();
    if (table == NULL)
        return ERR_NO_MEMORY;
    uint64_t flags = *entry & ~PTE_PPN, base = (uintptr_t)pte_table(*entry);
    for (unsigned i = 0; i < ENTRIES; i++)
        table[i] = make_pte(base + ((uint64_t)i << level_shift(level - 1)), flags);
    *entry = make_pte((uintptr_t)table, PTE_V);
    return OK;
}

/* Makes the entry at `level` that covers `at` and lies in a table of its own. */
static enum err reach(uint64_t at, unsigned level, uint64_t **out)
{
    uint64_t *table = pool[0];
    for (unsigned l = levels - 1;; l--) {
        uint64_t *entry = &table[(at >> level_shift(l)) % ENTRIES];
        *out = entry;
        if (l == level)
            return OK;
        if (!(*entry & PTE_V)) {
            uint64_t *next = new_table();
            if (next == NULL)
                return ERR_NO_MEMORY;
            *entry = make_pte((uintptr_t)next, PTE_V);
        } else if ((*entry & PTE_LEAF) != 0 && split(entry, l) != OK) {
            return ERR_NO_MEMORY;
        }
        table = pte_table(*entry);
    }
}

static bool is_table(uint64_t pte)
{
    return (pte & PTE_V) != 0 && (pte & PTE_LEAF) == 0;
}

/* One to one: an address is in the half that has no copies of its highest bit (§12.4.1). */
static uint64_t mapped_end(unsigned of_levels)
{
    return UINT64_C(1) << (level_shift(of_levels) - 1);
}

/* Maps (rights != 0) or unmaps [base, base+size), which are whole pages. */
static enum err map(uint64_t base, uint64_t size, uint64_t rights)
{
    if (base > mapped_end(levels) || size > mapped_end(levels) - base)
        return ERR_RANGE;
    uint64_t leaf = rights != 0 ? rights | PTE_V | PTE_G | PTE_A | PTE_D : 0;
    while (size > 0) {
        unsigned level = levels - 1;
        uint64_t *entry, span;
        for (;; level--) {
            span = UINT64_C(1) << level_shift(level);
            if (!is_aligned(base, span) || span > size)
                continue;
            enum err err = reach(base, level, &entry);
            if (err != OK)
                return err;
            if (!is_table(*entry)) /* a table stays: its pages are changed one by one */
                break;
        }
        *entry = leaf != 0 ? make_pte(base, leaf) : 0;
        base += span;
        size -= span;
    }
    return OK;
}

static void must_map(uint64_t base, uint64_t size, uint64_t rights)
{
    enum err err = map(base, size, rights);
    if (err == ERR_RANGE)
        panic("paging: memory at 0x%lx is beyond the %u bits of its page tables",
              (unsigned long)base, paging_width());
    if (err != OK)
        panic("paging: %u page tables are not enough for this machine's memory",
              POOL_TABLES + more_count);
}

static void must_map_between(const void *start, const void *end, uint64_t rights)
{
    must_map((uintptr_t)start, (uintptr_t)end - (uintptr_t)start, rights);
}

static void map_memory(const struct platform *p)
{
    for (uint32_t i = 0; i < p->memory_count; i++) {
        uint64_t start = align_up(p->memory[i].base.a, PAGE_SIZE);
        uint64_t end = align_down(p->memory[i].base.a + p->memory[i].size, PAGE_SIZE);
        if (start < end)
            must_map(start, end - start, RW);
    }
}

/* The firmware's own memory, and what else is not ours. */
static void unmap_reserved(const struct platform *p)
{
    for (uint32_t i = 0; i < p->reserved_count; i++) {
        const struct memory_range *r = &p->reserved[i];
        uint64_t start = align_up(r->base.a, PAGE_SIZE);
        uint64_t end = align_down(r->base.a + r->size, PAGE_SIZE);
        if (start < end)
            must_map(start, end - start, 0);
    }
}

/*
 * What the host reads and never writes. A firmware may keep it outside of what it says is memory.
 * Where the tables have no such addresses, its reader will find that nothing answers.
 */
static void map_read_only(uint64_t base, uint64_t size)
{
    uint64_t start = align_down(base, PAGE_SIZE), end = align_up(base + size, PAGE_SIZE);
    if (size > 0 && end <= mapped_end(levels))
        must_map(start, end - start, RO);
}

static void map_image(void)
{
    must_map_between(rodata_end, image_end, RW);
    must_map_between(image_start, text_end, RX);
    must_map_between(text_end, rodata_end, RO);
    struct hart_stacks *s;
    for (uint32_t i = 0; (s = hart_stacks_at(i)) != NULL; i++) {
        must_map((uintptr_t)s->guard, sizeof s->guard, 0);
        must_map((uintptr_t)s->fault_guard, sizeof s->fault_guard, 0);
    }
}

static uint64_t satp_of(uint64_t mode)
{
    return FIELD_PUT(SATP_MODE, mode) | FIELD_PUT(SATP_PPN, (uintptr_t)pool[0] >> PAGE_SHIFT);
}

/*
 * A mode that a hart lacks leaves satp as it was (§12.1.11), so it is tried, on a root that maps
 * all one to one: boards' trees say it (mmu-type) or not.
 */
static bool has_sv48(void)
{
    for (unsigned i = 0; i < ENTRIES / 2; i++)
        pool[0][i] = make_pte((uint64_t)i << level_shift(3), PTE_LEAF | PTE_V | PTE_A | PTE_D);
    cpu_sfence_vma_all();
    csr_write_satp(satp_of(SATP_MODE_SV48));
    bool has = csr_read_satp() == satp_of(SATP_MODE_SV48);
    csr_write_satp(0);
    cpu_sfence_vma_all();
    return has;
}

/* The end of all that the host reaches. */
static uint64_t highest_end(const struct platform *p)
{
    const uint64_t ends[] = {(uintptr_t)image_end, (uintptr_t)p->fdt + p->fdt_size,
                             p->initrd.base.a + p->initrd.size};
    uint64_t end = p->address_end;
    for (unsigned i = 0; i < ARRAY_SIZE(ends); i++)
        end = ends[i] > end ? ends[i] : end;
    return end;
}

/* Only as many levels as the machine's addresses need: each is a load in each walk of an exit. */
static unsigned choose_levels(const struct platform *p)
{
    return highest_end(p) > mapped_end(3) && has_sv48() ? 4 : 3;
}

static void take_tables(const struct platform *p)
{
    uint32_t count = TABLES_PER_RANGE * (p->memory_count + p->reserved_count);
    struct memory_range image = {hpa((uintptr_t)image_start),
                                 (uintptr_t)image_end - (uintptr_t)image_start};
    hpa_t at;
    if (memory_find_room(p, image, count * sizeof(table_t), &at) != OK)
        panic("/memory: no free place of %lu bytes in it for the host's page tables",
              (unsigned long)(count * sizeof(table_t)));
    more = hpa_to_ptr(at);
    more_count = count;
    more_used = 0;
}

struct memory_range paging_init(const struct platform *p)
{
    levels = choose_levels(p);
    satp = satp_of(levels == 4 ? SATP_MODE_SV48 : SATP_MODE_SV39);
    pool_used = 0;
    more_count = 0;
    new_table(); /* the root: pool[0] */
    take_tables(p);
    map_memory(p);
    unmap_reserved(p);
    map_read_only((uintptr_t)p->fdt, p->fdt_size);
    map_read_only(p->initrd.base.a, p->initrd.size);
    map_image();
    return (struct memory_range){hpa((uintptr_t)more), more_count * sizeof(table_t)};
}

void paging_enable(void)
{
    cpu_sfence_vma_all();
    csr_write_satp(satp);
    cpu_sfence_vma_all();
}

enum err paging_map_device(hpa_t base, uint64_t size)
{
    uint64_t start = align_down(base.a, PAGE_SIZE);
    enum err err = map(start, align_up(base.a + size, PAGE_SIZE) - start, RW);
    cpu_sfence_vma_all();
    return err;
}

unsigned paging_width(void)
{
    return levels == 4 ? 48 : 39;
}
