/*
 * Whether a guest is stuck in its trap vector: what is so in several looks at it, some time apart.
 * Pure.
 */
#pragma once
#include <axvcpu/look.h>

#define STUCK_LOOKS 3      /* so many with the same trap */
#define STUCK_DISTANCE 512 /* bytes from the vector on */

struct stuck {
    struct vcpu_look last;
    uint32_t alike; /* looks in a row that found it in the same trap, up to the last */
};

/* Counts one more look. Returns true if the guest is stuck. */
bool stuck_look(struct stuck *stuck, const struct vcpu_look *look);
/* The trap itself came from the vector's code: it can only come again. Else the guest waits there
 * for good, as Linux does before it has a console. */
bool stuck_by_its_vector(const struct vcpu_look *look);
