/* The locks of one hart: taking a held one, or giving back a free one, fails the test. */
#include <axsync/spinlock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void spin_lock(struct spinlock *lock)
{
    assert_false(spin_held(lock));
    lock->holder = 1;
}

void spin_unlock(struct spinlock *lock)
{
    assert_true(spin_held(lock));
    lock->holder = 0;
}

bool spin_held(const struct spinlock *lock)
{
    return lock->holder != 0;
}

void spin_assert_held(const struct spinlock *lock)
{
    assert_true(spin_held(lock));
}

/* Each test has the locks that it looks at. */
void spin_assert_none_held(void) {}
