/* Addresses at which nothing answers: modules/axhal/arch/fake/probe.c. */
#pragma once
#include <stdint.h>

extern struct fake_hole {
    uint64_t base, size; /* bytes */
} fake_hole;
