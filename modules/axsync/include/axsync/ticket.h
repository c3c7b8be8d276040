/* A lock that is free, taken and given back inline, for the few places where a guest's exit pays
 * for the calls: see axsync/spinlock.h. */
#pragma once
#include <axhal/hart.h>
#include <axsync/spinlock.h>
#include <lib/once.h>
#include <stdatomic.h>

/* The tickets before this one are done: what they did is seen. */
static inline uint32_t ticket_serving(const struct spinlock *lock)
{
    uint32_t serving = read_once32(&lock->serving);
    atomic_thread_fence(memory_order_acquire);
    return serving;
}

/* Takes a ticket only when it would be served at once, so giving up leaves no gap in the queue. */
static inline bool ticket_try(struct spinlock *lock)
{
    uint32_t ticket = ticket_serving(lock);
    return atomic_compare_exchange_strong_explicit(&lock->next, &ticket, ticket + 1,
                                                   memory_order_relaxed, memory_order_relaxed);
}

static inline void ticket_unlock(struct spinlock *lock)
{
    if (read_once(&lock->holder) != (uintptr_t)this_hart())
        spin_fail_not_held(lock);
    write_once(&lock->holder, 0);
    atomic_thread_fence(memory_order_release);
    write_once32(&lock->serving, lock->serving + 1);
}

/* spin_try_lock() and spin_unlock(), which look after the order of locks where assertions do. */
static inline bool spin_try_lock_inline(struct spinlock *lock)
{
    if (DEBUG_ASSERTIONS)
        return spin_try_lock(lock);
    if (!ticket_try(lock))
        return false;
    write_once(&lock->holder, (uintptr_t)this_hart());
    return true;
}

static inline void spin_unlock_inline(struct spinlock *lock)
{
    if (DEBUG_ASSERTIONS)
        spin_unlock(lock);
    else
        ticket_unlock(lock);
}
