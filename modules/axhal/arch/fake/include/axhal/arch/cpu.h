/* Waiting and fencing are nothing on the build machine. */
#pragma once

static inline void cpu_wait_for_interrupt(void) {}
static inline void cpu_relax(void) {}
static inline void cpu_fence_i(void) {}
static inline void cpu_fence_io(void) {}
static inline void cpu_sfence_vma_all(void) {}
static inline void cpu_fence_before_signal(void) {}
static inline void cpu_fence_after_acknowledge(void) {}
