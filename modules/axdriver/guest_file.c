#include <axdriver/guest_file.h>
#include <axhal/arch/csr.h>
#include <axhal/io.h>
#include <axhal/platform.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include "guest_files.h"

static const hpa_t *supervisor_files;
static uint32_t file_bits;
static uint32_t file_identities;
static uint64_t present[PLATFORM_MAX_HARTS]; /* bit n: file n of hart_at(i) is there */

static struct spinlock lock = SPINLOCK("guest files");
/* lock must be held: */
static uint64_t taken[PLATFORM_MAX_HARTS];

void guest_files_init(const hpa_t *files, uint32_t index_bits, uint32_t identities)
{
    ASSERT(files != NULL && index_bits <= 6);
    supervisor_files = files;
    file_bits = index_bits;
    file_identities = identities;
}

/* hgeie has a writable bit for each, 1 .. GEILEN (Priv 1.13 §18.2.4); the host uses none of them: a
 * vCPU's file is always selected while its hart could wait for it (docs/aia.md). */
void guest_files_hart_init(void)
{
    if (!platform_has_extension(platform(), "h"))
        return;
    csr_write_hgeie(UINT64_MAX);
    present[this_hart()->index] = csr_read_hgeie() & MASK((1U << file_bits) - 1, 1);
    csr_write_hgeie(0);
}

uint32_t guest_file_identities(void)
{
    return file_identities;
}

uint32_t guest_file_take(const struct hart *hart)
{
    ASSERT(hart->index < PLATFORM_MAX_HARTS);
    uint32_t number = 0;
    spin_lock(&lock);
    uint64_t free = present[hart->index] & ~taken[hart->index];
    if (free != 0) {
        number = (uint32_t)__builtin_ctzll(free);
        taken[hart->index] |= BIT(number);
    }
    spin_unlock(&lock);
    return number;
}

void guest_file_give_back(const struct hart *hart, uint32_t number)
{
    spin_lock(&lock);
    ASSERT((taken[hart->index] & BIT(number)) != 0); /* not twice */
    taken[hart->index] &= ~BIT(number);
    spin_unlock(&lock);
}

hpa_t guest_file_page(const struct hart *hart, uint32_t number)
{
    DEBUG_ASSERT(supervisor_files != NULL && number < 1U << file_bits);
    return hpa(supervisor_files[hart->index].a + number * PAGE_SIZE);
}

void guest_file_send(const struct hart *hart, uint32_t number, uint32_t identity)
{
    DEBUG_ASSERT(number != 0);
    io_write32(guest_file_page(hart, number).a, identity); /* seteipnum_le (§3.5) */
}
