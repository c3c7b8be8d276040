#pragma once

struct hart;
extern struct hart *fake_hart; /* modules/axhal/arch/fake/csr.c; a test sets it */

static inline struct hart *hart_current(void)
{
    return fake_hart;
}
