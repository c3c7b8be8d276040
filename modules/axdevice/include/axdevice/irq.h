/* An interrupt line: the end that a device holds. The interrupt controller made it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/*
 * The code that forwards an interrupt of the host keeps its source closed until the guest has
 * completed it. `ended` is called then, and the line counts as low from then on: what is still
 * active there comes again. `is_active` is asked, while the line is high, whether the host's is; if
 * not, the source ends. Both with the controller's lock held: they must not access the controller.
 */
struct irq_end {
    void (*ended)(void *context);
    bool (*is_active)(void *context);
    void *context;
};

struct irq_line {
    uint64_t (*set)(void *context, uint32_t source, bool level);
    void (*tell)(void *context, uint64_t vcpus);
    void (*on_end)(void *context, uint32_t source, const struct irq_end *end);
    void *context;
    uint32_t source;
};

/*
 * Drives the line to `level`, which it may have already. Any hart; takes the controller's lock, so
 * a device may hold its own and nothing of the controller. Returns the set of vCPUs, a bit for
 * each, that are to be told of it: by irq_tell(), which is slow, when the device's lock is free.
 */
static inline uint64_t irq_drive(const struct irq_line *line, bool level)
{
    return line->set(line->context, line->source, level);
}

static inline void irq_tell(const struct irq_line *line, uint64_t vcpus)
{
    if (vcpus != 0)
        line->tell(line->context, vcpus);
}

/* Both: for a caller that has no lock, or has to keep it. */
static inline void irq_set(const struct irq_line *line, bool level)
{
    irq_tell(line, irq_drive(line, level));
}

/* Before the machine runs: `end`, which must outlive the machine, is called when the guest
 * completes this source; NULL: none is. Takes the controller's lock. */
static inline void irq_on_end(const struct irq_line *line, const struct irq_end *end)
{
    line->on_end(line->context, line->source, end);
}
