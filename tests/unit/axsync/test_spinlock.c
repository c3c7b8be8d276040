#include "fake_panic.h"
#include <axhal/arch/cpu.h>
#include <axhal/hart.h>
#include <axsync/spinlock.h>
#include <lib/bits.h>

static struct hart harts[2];
static struct spinlock lock = SPINLOCK("test");
static struct spinlock life = SPINLOCK("vm life"), list = SPINLOCK("vm list");
static struct spinlock console = SPINLOCK("console");
static unsigned turns;

/* What an earlier test's panic left. */
static void give_all_back(void)
{
    struct spinlock *const all[] = {&lock, &life, &list, &console};
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        if (spin_held(all[i]))
            spin_unlock(all[i]);
}

static int setup(void **state)
{
    fake_cpu = (struct fake_cpu){0};
    for (uint32_t i = 0; i < 2; i++) {
        harts[i].index = i;
        fake_hart = &harts[i];
        give_all_back();
    }
    fake_hart = &harts[0];
    lock.next = lock.serving = 0;
    turns = 0;
    return 0;
}

/* The other hart gives the lock back in the third turn of this one's wait. */
static void unlock_by_other(void)
{
    if (++turns != 3)
        return;
    struct hart *waiting = fake_hart;
    fake_hart = &harts[1];
    spin_unlock(&lock);
    fake_hart = waiting;
}

static void is_held_between_lock_and_unlock(void **state)
{
    assert_false(spin_held(&lock));
    spin_lock(&lock);
    assert_true(spin_held(&lock));
    spin_assert_held(&lock);
    spin_unlock(&lock);
    assert_false(spin_held(&lock));
}

static void is_not_held_by_another_hart(void **state)
{
    spin_lock(&lock);
    fake_hart = &harts[1];
    assert_false(spin_held(&lock));
    ASSERT_PANICS("lock test: this code needs it held", spin_assert_held(&lock));
}

static void waits_for_its_turn(void **state)
{
    fake_hart = &harts[1];
    spin_lock(&lock);
    fake_hart = &harts[0];
    fake_cpu.relax = unlock_by_other;
    spin_lock(&lock);
    assert_int_equal(turns, 3);
    assert_true(spin_held(&lock));
}

static void works_when_its_tickets_wrap(void **state)
{
    lock.next = lock.serving = UINT32_MAX;
    for (unsigned i = 0; i < 3; i++) {
        spin_lock(&lock);
        spin_unlock(&lock);
    }
    assert_int_equal(lock.next, 2);
}

static void panics_when_taken_twice(void **state)
{
    spin_lock(&lock);
    ASSERT_PANICS("lock test: taken twice by one hart", spin_lock(&lock));
    assert_int_equal(lock.next, 1); /* and no ticket was drawn that is never served */
}

static void panics_when_given_back_by_another(void **state)
{
    ASSERT_PANICS("lock test: this code needs it held", spin_unlock(&lock));
    spin_lock(&lock);
    fake_hart = &harts[1];
    ASSERT_PANICS("lock test: this code needs it held", spin_unlock(&lock));
    fake_hart = &harts[0];
    assert_true(spin_held(&lock));
}

static void bounded_takes_a_free_lock(void **state)
{
    assert_true(spin_lock_bounded(&lock, 1));
    assert_true(spin_held(&lock));
    spin_unlock(&lock);
    spin_lock(&lock);
}

static void bounded_gives_up_and_leaves_no_gap(void **state)
{
    spin_lock(&lock);
    fake_hart = &harts[1];
    assert_false(spin_lock_bounded(&lock, 100));
    assert_false(spin_held(&lock));
    fake_hart = &harts[0];
    spin_unlock(&lock);
    spin_lock(&lock);
    assert_true(spin_held(&lock));
}

static void bounded_takes_what_comes_free_in_time(void **state)
{
    fake_hart = &harts[1];
    spin_lock(&lock);
    fake_hart = &harts[0];
    fake_cpu.relax = unlock_by_other;
    assert_true(spin_lock_bounded(&lock, 4));
}

static void takes_what_the_order_allows(void **state)
{
    spin_lock(&life);
    spin_lock(&list);
    spin_unlock(&life);
    spin_unlock(&list);
    spin_assert_none_held();
}

static void panics_against_the_order(void **state)
{
    spin_lock(&list);
    ASSERT_PANICS("lock vm life: taken with vm list held", spin_lock(&life));
    assert_false(spin_held(&life));
    assert_true(spin_try_lock(&console)); /* it does not wait, so it may */
    ASSERT_PANICS("lock vm life: taken with vm list held", spin_lock(&life));
}

static void panics_where_no_lock_may_be_held(void **state)
{
    spin_lock(&list);
    fake_hart = &harts[1];
    spin_assert_none_held();
    fake_hart = &harts[0];
    ASSERT_PANICS("lock vm list: held, where this hart may wait", spin_assert_none_held());
}

static void fails_on_a_lock_that_was_not_made(void **state)
{
    struct spinlock none = {0};
    expect_assert_failure(spin_lock(&none));
    expect_assert_failure(spin_try_lock(&none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(is_held_between_lock_and_unlock, setup),
        cmocka_unit_test_setup(is_not_held_by_another_hart, setup),
        cmocka_unit_test_setup(waits_for_its_turn, setup),
        cmocka_unit_test_setup(works_when_its_tickets_wrap, setup),
        cmocka_unit_test_setup(panics_when_taken_twice, setup),
        cmocka_unit_test_setup(panics_when_given_back_by_another, setup),
        cmocka_unit_test_setup(bounded_takes_a_free_lock, setup),
        cmocka_unit_test_setup(bounded_gives_up_and_leaves_no_gap, setup),
        cmocka_unit_test_setup(bounded_takes_what_comes_free_in_time, setup),
        cmocka_unit_test_setup(takes_what_the_order_allows, setup),
        cmocka_unit_test_setup(panics_against_the_order, setup),
        cmocka_unit_test_setup(panics_where_no_lock_may_be_held, setup),
        cmocka_unit_test_setup(fails_on_a_lock_that_was_not_made, setup),
    };
    return cmocka_run_group_tests_name("spinlock", tests, NULL, NULL);
}
