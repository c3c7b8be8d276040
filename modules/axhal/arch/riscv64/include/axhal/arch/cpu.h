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
/* Orders memory, device and CSR accesses before it against all after it. */
static inline void cpu_fence_io(void)
{
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}
static inline void cpu_sfence_vma_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

/*
 * Orders between memory and interrupts. For FENCE a CSR write is device output, and the firmware
 * or an IMSIC sends by one too (Unpriv, Zicsr: "CSR Access Ordering").
 */
/* What this hart wrote is seen by the hart that takes the interrupt it sends next. */
static inline void cpu_fence_before_signal(void)
{
    __asm__ volatile("fence w, o" ::: "memory");
}
/* What this hart reads next is what was written before any interrupt that it has taken back. */
static inline void cpu_fence_after_acknowledge(void)
{
    __asm__ volatile("fence o, rw" ::: "memory");
}
