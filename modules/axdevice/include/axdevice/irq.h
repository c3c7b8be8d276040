/* An interrupt line: the end that a device holds. The interrupt controller made it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct irq_line {
    void (*set)(void *context, uint32_t source, bool level);
    void *context;
    uint32_t source;
};

/* Drives the line to `level`, which it may have already. Any hart; takes the controller's lock, so
 * a device may hold its own and nothing of the controller. */
static inline void irq_set(const struct irq_line *line, bool level)
{
    line->set(line->context, line->source, level);
}
