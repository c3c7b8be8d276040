#pragma once

/* This hart: no translation that it has cached is used after this (Priv 1.13 §12.2.1). */
static inline void sfence_vma_all(void)
{
    __asm__ volatile("sfence.vma" : : : "memory");
}
