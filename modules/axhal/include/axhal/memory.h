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
 * Boot hart: loads a byte from each page of [base, base+size). Returns false at the first load that
 * traps, with its address in `*at`: no memory is there, or the host may not reach it. The range
 * must not be a device's, since the loads could change it.
 */
bool memory_answers(hpa_t base, uint64_t size, hpa_t *at);
