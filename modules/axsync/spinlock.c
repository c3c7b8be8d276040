#include <axhal/arch/cpu.h>
#include <axhal/hart.h>
#include <axhal/panic.h>
#include <axhal/time.h>
#include <axsync/spinlock.h>
#include <stdatomic.h>
#include <stddef.h>
#include "order.h"

static uintptr_t self(void)
{
    return (uintptr_t)this_hart();
}

bool spin_held(const struct spinlock *lock)
{
    return atomic_load_explicit(&lock->holder, memory_order_relaxed) == self();
}

void spin_assert_held(const struct spinlock *lock)
{
    if (!spin_held(lock))
        panic("lock %s: this code needs it held", lock->name);
}

/* The lock is this hart's from now on. */
static inline void note_taken(struct spinlock *lock)
{
    DEBUG_ASSERT(atomic_load_explicit(&lock->holder, memory_order_relaxed) == 0);
    if (DEBUG_ASSERTIONS)
        lock_order_take(lock);
    atomic_store_explicit(&lock->holder, self(), memory_order_relaxed);
}

/* What it takes is on the hart's account, and so on its vCPU's ledger. */
static void wait_for_turn(struct spinlock *lock, uint32_t ticket)
{
    uint64_t start = time_now();
    while (atomic_load_explicit(&lock->serving, memory_order_acquire) != ticket)
        cpu_relax();
    this_hart()->lock_wait += time_now() - start;
}

void spin_lock(struct spinlock *lock)
{
    if (spin_held(lock))
        panic("lock %s: taken twice by one hart", lock->name);
    DEBUG_ASSERT(lock->name != NULL); /* it was made */
    if (DEBUG_ASSERTIONS)
        lock_order_check(lock);
    uint32_t ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    if (atomic_load_explicit(&lock->serving, memory_order_acquire) != ticket)
        wait_for_turn(lock, ticket);
    note_taken(lock);
}

void spin_unlock(struct spinlock *lock)
{
    spin_assert_held(lock);
    if (DEBUG_ASSERTIONS)
        lock_order_drop(lock);
    uint32_t ticket = atomic_load_explicit(&lock->serving, memory_order_relaxed);
    atomic_store_explicit(&lock->holder, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->serving, ticket + 1, memory_order_release);
}

/* Takes a ticket only when it would be served at once, so giving up leaves no gap in the queue. */
bool spin_try_lock(struct spinlock *lock)
{
    DEBUG_ASSERT(lock->name != NULL);
    uint32_t ticket = atomic_load_explicit(&lock->serving, memory_order_acquire);
    if (!atomic_compare_exchange_strong_explicit(&lock->next, &ticket, ticket + 1,
                                                 memory_order_relaxed, memory_order_relaxed))
        return false;
    note_taken(lock);
    return true;
}

bool spin_lock_bounded(struct spinlock *lock, uint32_t spins)
{
    for (; spins > 0; spins--) {
        if (spin_try_lock(lock))
            return true;
        cpu_relax();
    }
    return false;
}
