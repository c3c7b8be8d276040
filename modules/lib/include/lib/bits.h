#pragma once
#include <stddef.h>
#include <stdint.h>

#define BIT(n) (UINT64_C(1) << (n))
/* Bits hi..lo, both included. */
#define MASK(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & (~UINT64_C(0) << (lo)))
#define FIELD_GET(mask, v) (((v) & (mask)) / ((mask) & -(mask)))
#define FIELD_PUT(mask, v) (((uint64_t)(v) * ((mask) & -(mask))) & (mask))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
/* clang-format off */
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
/* clang-format on */
