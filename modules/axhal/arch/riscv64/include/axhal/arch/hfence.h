/* Fences of the hypervisor extension (Priv 1.13 §18.3.1). */
#pragma once

/* All VS-stage translations of the VM that hgatp names. */
static inline void cpu_hfence_vvma_all(void)
{
    __asm__ volatile(".option push\n.option arch, +h\nhfence.vvma\n.option pop" ::: "memory");
}
/* All G-stage translations of this hart. */
static inline void cpu_hfence_gvma_all(void)
{
    __asm__ volatile(".option push\n.option arch, +h\nhfence.gvma\n.option pop" ::: "memory");
}
