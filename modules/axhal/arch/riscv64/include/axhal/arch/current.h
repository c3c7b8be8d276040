#pragma once

struct hart;

/* tp of the host: the running hart's data. */
static inline struct hart *hart_current(void)
{
    struct hart *h;
    __asm__ volatile("mv %0, tp" : "=r"(h));
    return h;
}
