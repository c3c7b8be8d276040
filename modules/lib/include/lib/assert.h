/*
 * What a comment demands, checked. A failure is a bug of the program's own: it ends the machine,
 * in a unit test the test. Nothing that a guest or a user does may lead to one.
 *
 * ASSERT is in every build: for what runs seldom, such as boot, or a VM's life.
 * DEBUG_ASSERT is in debug builds and unit tests: for what runs at each exit.
 */
#pragma once
#include <lib/arch/assert.h>

/* Provided by the code that ends the machine: axhal, axbare, the unit tests. */
void assert_failed(const char *condition, const char *file, int line) __attribute__((noreturn));

#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            assert_failed(#condition, __FILE__, __LINE__);                                         \
    } while (0)

#define DEBUG_ASSERT(condition)                                                                    \
    do {                                                                                           \
        if (DEBUG_ASSERTIONS && __builtin_expect(!(condition), 0))                                 \
            assert_failed(#condition, __FILE__, __LINE__);                                         \
    } while (0)
