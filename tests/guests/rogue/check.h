/* One line a case: `ok NAME`, or `not ok NAME: got … expected …`. */
#pragma once
#include <axbare/say.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_NAME 64
#define VALUES(...) ((const uint64_t[]){__VA_ARGS__})

/* The case passes if the `count` values are as expected; `what` says what they are. */
void check_equal(const char *name, const char *what, const uint64_t *got, const uint64_t *expected,
                 size_t count);
/* The same of one value. */
void check_one(const char *name, const char *what, uint64_t got, uint64_t expected);

/* Prints `rogue: N passed, M failed`. */
void check_summary(void);

/* From stray_trap in stray.S. */
_Noreturn void fail_stray(uint64_t cause, uint64_t pc, uint64_t tval);
