/*
 * The order of locks, for debug builds and unit tests: which locks a hart may take while it holds
 * others. docs/architecture.md explains the table.
 */
#pragma once
#include <axsync/spinlock.h>

/* This hart is about to wait for `lock`: panics if a lock that it holds does not allow that. */
void lock_order_check(const struct spinlock *lock);
/* This hart has it from now on; and gives it back. */
void lock_order_take(const struct spinlock *lock);
void lock_order_drop(const struct spinlock *lock);
