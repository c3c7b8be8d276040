/* What the instructions would do is counted; while the hart waits, the test's machine goes on. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct fake_cpu {
    void (*relax)(void); /* a turn of a waiting loop; NULL: nothing happens */
    void (*wait)(void);  /* wfi */
    uint32_t fences_i;
    uint32_t hfences_vvma, hfences_gvma;
};
extern struct fake_cpu fake_cpu; /* modules/axhal/arch/fake/csr.c */

static inline void cpu_wait_for_interrupt(void)
{
    if (fake_cpu.wait != NULL)
        fake_cpu.wait();
}
static inline void cpu_relax(void)
{
    if (fake_cpu.relax != NULL)
        fake_cpu.relax();
}
static inline void cpu_fence_i(void)
{
    fake_cpu.fences_i++;
}
static inline void cpu_fence_io(void) {}
static inline void cpu_sfence_vma_all(void) {}
static inline void cpu_fence_before_signal(void) {}
static inline void cpu_fence_after_acknowledge(void) {}
