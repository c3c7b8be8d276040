#include "order.h"
#include <axhal/hart.h>
#include <axhal/panic.h>
#include <axhal/platform.h>
#include <lib/bits.h>
#include <stddef.h>
#include <string.h>

#define HELD_MAX 6

/* By the hart's index; each its hart's own. */
static struct held {
    const struct spinlock *locks[HELD_MAX];
    uint32_t count;
} all_held[PLATFORM_MAX_HARTS];

static const struct {
    const char *held, *taken;
} order[] = {
    {"vm life", "vm list"},
    {"focus", "vm list"},
    {"focus", "console"},
    {"shared memory", "heap"},
    {"heap", "frames"},
    {"iommu faults", "iommu"},
    {"iommu", "frames"},
    {"iommu", "last error"},
    {"iommu", "console"},
    {"console", "console lines"},
    {"console", "uart interrupts"},
    {"ivshmem peer", "plic"},
    {"ivshmem peer", "guest aplic"},
    {"uart", "plic"},
    {"uart", "guest aplic"},
    {"uart", "uart interrupts"},
    {"rtc", "plic"},
    {"rtc", "guest aplic"},
    {"watchdog", "plic"},
    {"watchdog", "guest aplic"},
    {"irqchip", "plic"}, /* a source that its last owner left in service */
    {"irqchip", "guest aplic"},
    {"guest aplic", "imsic file"},
    {"guest aplic", "guest wires"},
};

static struct held *held_here(void)
{
    return &all_held[this_hart()->index];
}

/* What may be taken with a lock that may be taken is allowed too. There are no circles in the
 * table, so this ends. NOLINTNEXTLINE(misc-no-recursion) */
static bool may_take(const char *held, const char *taken)
{
    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        if (strcmp(order[i].held, held) == 0 &&
            (strcmp(order[i].taken, taken) == 0 || may_take(order[i].taken, taken)))
            return true;
    return false;
}

void lock_order_check(const struct spinlock *lock)
{
    const struct held *held = held_here();
    for (uint32_t i = 0; i < held->count; i++)
        if (!may_take(held->locks[i]->name, lock->name))
            panic("lock %s: taken with %s held", lock->name, held->locks[i]->name);
}

void lock_order_take(const struct spinlock *lock)
{
    struct held *held = held_here();
    ASSERT(held->count < HELD_MAX);
    held->locks[held->count++] = lock;
}

void lock_order_drop(const struct spinlock *lock)
{
    struct held *held = held_here();
    uint32_t at = held->count;
    while (at > 0 && held->locks[at - 1] != lock)
        at--;
    ASSERT(at > 0);
    held->locks[at - 1] = held->locks[--held->count];
}

void spin_assert_none_held(void)
{
    const struct held *held = held_here();
    if (held->count != 0)
        panic("lock %s: held, where this hart may wait", held->locks[held->count - 1]->name);
}
