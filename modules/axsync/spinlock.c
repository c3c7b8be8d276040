#include <axhal/arch/cpu.h>
#include <axhal/hart.h>
#include <axhal/panic.h>
#include <axhal/time.h>
#include <axsync/ticket.h>
#include <stddef.h>
#include "order.h"

static uintptr_t self(void)
{
    return (uintptr_t)this_hart();
}

bool spin_held(const struct spinlock *lock)
{
    return read_once(&lock->holder) == self();
}

void spin_fail_not_held(const struct spinlock *lock)
{
    panic("lock %s: this code needs it held", lock->name);
}

void spin_assert_held(const struct spinlock *lock)
{
    if (!spin_held(lock))
        spin_fail_not_held(lock);
}

/* The lock is this hart's from now on. */
static inline void note_taken(struct spinlock *lock)
{
    DEBUG_ASSERT(read_once(&lock->holder) == 0);
    if (DEBUG_ASSERTIONS)
        lock_order_take(lock);
    write_once(&lock->holder, self());
}

/* What it takes is on the hart's account, and so on its vCPU's ledger. */
static void wait_for_turn(struct spinlock *lock, uint32_t ticket)
{
    uint64_t start = time_now();
    while (ticket_serving(lock) != ticket)
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
    if (ticket_serving(lock) != ticket)
        wait_for_turn(lock, ticket);
    note_taken(lock);
}

void spin_unlock(struct spinlock *lock)
{
    spin_debug_assert_held(lock); /* before the order knows it no longer */
    if (DEBUG_ASSERTIONS)
        lock_order_drop(lock);
    ticket_unlock(lock);
}

bool spin_try_lock(struct spinlock *lock)
{
    DEBUG_ASSERT(lock->name != NULL);
    if (!ticket_try(lock))
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
