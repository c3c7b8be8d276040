/*
 * Address types. Each is a struct of one field, so that mixing them does not compile.
 *   hpa  host physical      hva  host virtual
 *   gpa  guest physical     gva  guest virtual
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE (UINT64_C(1) << PAGE_SHIFT)
#define SIZE_2M (UINT64_C(1) << 21)
#define SIZE_1G (UINT64_C(1) << 30)

/* clang-format off */
typedef struct { uint64_t a; } hpa_t;
typedef struct { uint64_t a; } hva_t;
typedef struct { uint64_t a; } gpa_t;
typedef struct { uint64_t a; } gva_t;

static inline hpa_t hpa(uint64_t a) { return (hpa_t){a}; }
static inline hva_t hva(uint64_t a) { return (hva_t){a}; }
static inline gpa_t gpa(uint64_t a) { return (gpa_t){a}; }
static inline gva_t gva(uint64_t a) { return (gva_t){a}; }
/* clang-format on */

/* `align` is a power of two. */
static inline uint64_t align_down(uint64_t v, uint64_t align)
{
    return v & ~(align - 1);
}
static inline uint64_t align_up(uint64_t v, uint64_t align)
{
    return (v + align - 1) & ~(align - 1);
}
static inline bool is_aligned(uint64_t v, uint64_t align)
{
    return (v & (align - 1)) == 0;
}

/* True if [start, start+size) lies inside [base, base+length); no sum here can overflow. */
static inline bool range_inside(uint64_t start, uint64_t size, uint64_t base, uint64_t length)
{
    return start >= base && start - base <= length && size <= length - (start - base);
}
