#pragma once
#include <lib/addr.h>

/* The host maps its memory one to one: where a host physical address can be reached. */
static inline void *hpa_to_ptr(hpa_t at)
{
    return (void *)(uintptr_t)at.a;
}
static inline hpa_t ptr_to_hpa(const void *p)
{
    return hpa((uintptr_t)p);
}
