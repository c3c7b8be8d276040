#pragma once
#include <lib/addr.h>
#include <stdbool.h>

/* The host maps its memory one to one: where a host physical address can be reached. */
static inline void *hpa_to_ptr(hpa_t at)
{
    return (void *)(uintptr_t)at.a;
}
static inline hpa_t ptr_to_hpa(const void *p)
{
    return hpa((uintptr_t)p);
}

/*
 * False: a load from some page of [base, base+size) traps, and `*at` is where: nothing is there, or
 * the host may not reach it. Boot hart; nothing but memory may be there, since it is read.
 */
bool memory_answers(hpa_t base, uint64_t size, hpa_t *at);
