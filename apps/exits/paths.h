/* The ways out of a guest, each with the instruction and the registers that lead there. */
#pragma once
#include <stdint.h>

typedef void (*loop_t)(const uint64_t registers[8], uint64_t rounds);

struct path {
    const char *name;
    loop_t loop;           /* loops.S */
    uint64_t registers[8]; /* a0 … a7 */
};

/* Ends with one that has no name. */
extern const struct path paths[];

void loop_nop(const uint64_t registers[8], uint64_t rounds);
