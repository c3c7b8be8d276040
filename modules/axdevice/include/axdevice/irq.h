/* An interrupt line: the end that a device holds. The interrupt controller made it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/*
 * Who forwards an interrupt of the host keeps its source closed until the guest has completed it.
 * `ended` is called then, and the line counts as low from then on: what is still active there comes
 * again. `is_active` is asked, while the line is high, whether the host's is; if not, the source
 * ends. Both with the controller's lock held: they must not access the controller.
 */
struct irq_end {
    void (*ended)(void *context);
    bool (*is_active)(void *context);
    void *context;
};

struct irq_line {
    void (*set)(void *context, uint32_t source, bool level);
    void (*on_end)(void *context, uint32_t source, const struct irq_end *end);
    void *context;
    uint32_t source;
};

/* Drives the line to `level`, which it may have already. Any hart; takes the controller's lock, so
 * a device may hold its own and nothing of the controller. */
static inline void irq_set(const struct irq_line *line, bool level)
{
    line->set(line->context, line->source, level);
}

/* Before the machine runs: `end`, which stays, is told when the guest completes this source; NULL:
 * nobody is. Takes the controller's lock. */
static inline void irq_on_end(const struct irq_line *line, const struct irq_end *end)
{
    line->on_end(line->context, line->source, end);
}
