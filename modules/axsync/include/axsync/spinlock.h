/*
 * Ticket locks. Host code runs with interrupts masked (see axhal/trap.h), so a lock needs no
 * interrupt variant. Holding is asserted: a recursive lock, or an unlock by another hart, panics.
 * In debug builds and unit tests so does a lock that is taken out of order (order.c).
 */
#pragma once
#include <lib/assert.h>
#include <stdbool.h>
#include <stdint.h>

struct spinlock {
    const char *name;
    _Atomic uint32_t next;
    uint32_t serving; /* these two: lib/once.h */
    uint64_t holder;  /* the holding hart's tp, 0 when free */
};
/* clang-format off */
#define SPINLOCK(n) {.name = (n)}
/* clang-format on */

void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);
bool spin_held(const struct spinlock *lock); /* by this hart */
void spin_assert_held(const struct spinlock *lock);
_Noreturn void spin_fail_not_held(const struct spinlock *lock); /* panics */
/* The same where it would cost an exit: in debug builds and unit tests. */
static inline void spin_debug_assert_held(const struct spinlock *lock)
{
    if (DEBUG_ASSERTIONS)
        spin_assert_held(lock);
}
/* This hart holds no lock: it may wait for another hart, or leave for its guest. In debug builds
 * and unit tests. */
void spin_assert_none_held(void);
static inline void spin_debug_assert_none_held(void)
{
    if (DEBUG_ASSERTIONS)
        spin_assert_none_held();
}
/* Takes the lock if it is free now. */
bool spin_try_lock(struct spinlock *lock);
/* Takes the lock if it comes free within `spins` turns: for panic output. */
bool spin_lock_bounded(struct spinlock *lock, uint32_t spins);
