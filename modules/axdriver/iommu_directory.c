/*
 * The device directory (RISC-V IOMMU 1.0 §2.1): tables of 4 KiB from the device's id to its
 * context. A context has 64 bytes where the IOMMU can translate MSIs, else 32.
 */
#include "iommu_parts.h"
#include <axalloc/frames.h>
#include <axhal/io.h>
#include <axhal/memory.h>
#include <axlog/log.h>
#include <lib/assert.h>

#define ENTRY_V BIT(0)
#define DDTP_BUSY UINT32_C(1 << 4)
#define DDTP_MODE MASK(3, 0)
#define DDTP_1LVL 2 /* one more for each level */
#define MAX_LEVELS 3
#define TABLE_BITS 9 /* of the id, at each level but that of the contexts */

static bool is_extended(const struct iommu *iommu)
{
    return (iommu->capabilities & IOMMU_CAP_MSI_FLAT) != 0;
}

/* log2 of the contexts in a table (§2.1.1) */
static unsigned context_bits(const struct iommu *iommu)
{
    return is_extended(iommu) ? 6 : 7;
}

/* The mode is WARL: what the IOMMU keeps of it shows how many levels it has (§5.5). */
static enum err try_levels(struct iommu *iommu, uint32_t levels)
{
    uint64_t mode = DDTP_1LVL + levels - 1;
    io_write64(iommu->base + IOMMU_DDTP,
               FIELD_PUT(IOMMU_PPN, ptr_to_hpa(iommu->root).a >> PAGE_SHIFT) | mode);
    enum err err = iommu_wait(iommu, IOMMU_DDTP, DDTP_BUSY, 0);
    if (err != OK)
        return err;
    iommu->levels = levels;
    return (io_read64(iommu->base + IOMMU_DDTP) & DDTP_MODE) == mode ? OK : ERR_UNSUPPORTED;
}

enum err iommu_directory_init(struct iommu *iommu)
{
    hpa_t root;
    enum err err = frames_alloc_zeroed(PAGE_SIZE, PAGE_SIZE, &root);
    if (err != OK)
        return err;
    iommu->root = hpa_to_ptr(root);
    err = ERR_UNSUPPORTED;
    for (uint32_t levels = MAX_LEVELS; levels >= 1 && err == ERR_UNSUPPORTED; levels--)
        err = try_levels(iommu, levels);
    return err;
}

/* The table that an entry leads to; it is made if need be. NULL: no memory, or not to be made. */
static uint64_t *table_of(uint64_t *entry, bool make)
{
    hpa_t table;
    if ((*entry & ENTRY_V) != 0)
        return hpa_to_ptr(hpa(FIELD_GET(IOMMU_PPN, *entry) << PAGE_SHIFT));
    if (!make || frames_alloc_zeroed(PAGE_SIZE, PAGE_SIZE, &table) != OK)
        return NULL;
    *entry = FIELD_PUT(IOMMU_PPN, table.a >> PAGE_SHIFT) | ENTRY_V;
    return hpa_to_ptr(table);
}

enum err iommu_context(struct iommu *iommu, uint32_t device, bool make, uint64_t **context)
{
    spin_debug_assert_held(&iommu->lock);
    ASSERT(iommu->root != NULL && iommu->levels >= 1 && iommu->levels <= MAX_LEVELS);
    unsigned bits = context_bits(iommu), words = is_extended(iommu) ? 8 : 4;
    if (device >> (bits + TABLE_BITS * (iommu->levels - 1)) != 0)
        return ERR_RANGE;
    uint64_t *table = iommu->root;
    for (uint32_t level = iommu->levels - 1; level > 0; level--) {
        uint32_t index = device >> (bits + TABLE_BITS * (level - 1));
        table = table_of(&table[index % (1 << TABLE_BITS)], make);
        if (table == NULL)
            return make ? ERR_NO_MEMORY : ERR_NOT_FOUND;
    }
    *context = &table[(device % (1 << bits)) * words];
    return OK;
}
