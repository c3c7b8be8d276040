/*
 * A call from S-mode to the SBI: the host's to its firmware, a bare guest's to the host. Which call
 * is in a7 and a6, its arguments are in a0 and up, and all registers but a0 and a1 are preserved
 * (SBI 3.0 §3).
 */
#pragma once
#include <lib/sbi.h>

#define ECALL_MOST 5 /* arguments: a0 to a4 */

/*
 * `count`, a constant from 2 to ECALL_MOST, says how many arguments there are in `args`: the other
 * registers are left as they are, and cost no instruction.
 */
static inline __attribute__((always_inline)) struct sbi_ret
ecall(uint64_t extension, uint64_t function, unsigned count, const uint64_t *args)
{
    register uint64_t a0 __asm__("a0") = args[0];
    register uint64_t a1 __asm__("a1") = args[1];
    register uint64_t a2 __asm__("a2");
    register uint64_t a3 __asm__("a3");
    register uint64_t a4 __asm__("a4");
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__("" : "=r"(a2), "=r"(a3), "=r"(a4)); /* they have some value */
    if (count > 2)
        a2 = args[2];
    if (count > 3)
        a3 = args[3];
    if (count > 4)
        a4 = args[4];
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                     : "memory");
    return (struct sbi_ret){.error = (long)a0, .value = (long)a1};
}

#define ECALL(extension, function, ...)                                                            \
    ecall(extension, function, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),         \
          (const uint64_t[]){__VA_ARGS__})
