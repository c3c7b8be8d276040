/* The clock's interrupt at this machine's controller: a PLIC, an APLIC, or an APLIC that sends
 * messages to the hart's IMSIC. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define CLOCK_IDENTITY 5 /* of the messages */

struct controller {
    void (*open)(void); /* this hart, 0, alone gets the clock's interrupt */
    bool (*claim)(void);
    void (*end)(void); /* of what was claimed */
};

const struct controller *controller_of(const void *fdt);

/* The APLIC's rectified input of the clock's source (AIA 1.0 §4.5.7). */
bool aplic_input(void);
