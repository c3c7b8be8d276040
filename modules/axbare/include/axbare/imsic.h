/*
 * A hart's supervisor-level interrupt file (AIA 1.0 §3), natively or in a VM whose vCPUs have one.
 * Its messages are external interrupts, which the trap handler claims and counts (hart.h).
 */
#pragma once
#include <axbare/arch/csr.h>
#include <stdint.h>

/* The page of hart `id`'s file, from the device tree; 0: it has none. */
uint64_t imsic_page(const void *fdt, uint64_t id);

/* This hart's file delivers `identity` (1 .. 63) and nothing else; what has come before is gone. */
void imsic_open(unsigned identity);
/* It delivers nothing. */
void imsic_close(void);

/* A message to the file of this page: seteipnum_le (§3.5). What was stored before is seen by the
 * hart that gets it. */
static inline void imsic_send(uint64_t page, uint32_t identity)
{
    __asm__ volatile("fence w, o\n\tsw %0, (%1)" : : "r"(identity), "r"(page) : "memory");
}

/* The identity that is delivered first, which does not pend then; 0: none. */
static inline uint64_t imsic_claim(void)
{
    return csr_swap(CSR_STOPEI, 0) >> 16;
}
