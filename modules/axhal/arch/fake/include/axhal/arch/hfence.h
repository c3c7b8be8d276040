#pragma once
#include <axhal/arch/cpu.h>

static inline void cpu_hfence_vvma_all(void)
{
    fake_cpu.hfences_vvma++;
}
static inline void cpu_hfence_gvma_all(void)
{
    fake_cpu.hfences_gvma++;
}
