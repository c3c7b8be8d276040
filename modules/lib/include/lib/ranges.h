/*
 * A set of ranges of addresses that do not overlap: what lies where. A window is a range in which
 * other things may lie, each of them wholly; two windows do not overlap.
 */
#pragma once
#include <lib/err.h>
#include <stdint.h>

#define RANGES_MAX 192

enum range_kind { RANGE_THING, RANGE_WINDOW };

struct range {
    uint64_t base, size; /* bytes */
    enum range_kind kind;
    const char *name; /* for messages; NULL if there are none */
};

struct ranges {
    uint32_t count;
    struct range all[RANGES_MAX];
};

/*
 * Adds a range. ERR_INVALID: it is empty, or ends beyond 2^64. ERR_EXISTS: it overlaps one of the
 * set, which `other` then points to (NULL: the caller does not ask). ERR_NO_MEMORY: the set is
 * full. On an error the set is as it was.
 */
enum err ranges_add(struct ranges *set, struct range range, const struct range **other);
/* Removes the range that was added last. */
void ranges_drop_last(struct ranges *set);
