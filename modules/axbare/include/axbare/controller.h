/*
 * A wired, level-sensitive interrupt at this machine's controller: a PLIC, an APLIC, or an APLIC
 * that sends messages to the hart's IMSIC.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define WIRE_IDENTITY 5 /* of the messages */

struct controller {
    void (*open)(uint32_t source);  /* hart 0, which calls this, alone gets its interrupt */
    bool (*claim)(uint32_t source); /* false: it is another's */
    void (*end)(uint32_t source);   /* of what was claimed */
};

const struct controller *controller_of(const void *fdt);

/* The APLIC's rectified input of a source (AIA 1.0 §4.5.7). */
bool aplic_input(uint32_t source);
