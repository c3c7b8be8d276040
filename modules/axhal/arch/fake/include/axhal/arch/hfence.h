#pragma once

static inline void cpu_hfence_vvma_all(void) {}
static inline void cpu_hfence_gvma_all(void) {}
