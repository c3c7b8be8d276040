/* Instructions that C has no word for. */
#pragma once

static inline void cpu_wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}
/* Zihintpause, a fence on harts without it. */
static inline void cpu_relax(void)
{
    __asm__ volatile(".insn i 0x0F, 0, x0, x0, 0x010" ::: "memory");
}
static inline void cpu_fence_i(void)
{
    __asm__ volatile("fence.i" ::: "memory");
}
static inline void cpu_sfence_vma_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}
