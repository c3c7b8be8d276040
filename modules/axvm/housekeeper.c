/*
 * The housekeeper: the one hart that does the hypervisor's own work while guests run. It takes the
 * UART's interrupt, and so all that follows from it: the console, its commands, and their timers.
 * The hart that loses least by it is chosen: one of no VM, else of a VM that is not to be quiet,
 * and the boot hart before others.
 */
#include <axlog/log.h>
#include <axvm/console.h>
#include "internal.h"

static struct hart *housekeeper; /* NULL: there is none */

enum cost { OF_NO_VM, OF_A_VM, OF_A_QUIET_VM, COSTS };

/* Whether it is made now or not. */
static const struct vm_config *owner_of(const struct hart *hart)
{
    for (uint32_t i = 0; i < vm_count; i++) {
        const struct vm_config *c = vm_description(i);
        for (uint32_t j = 0; j < c->cpus; j++)
            if (c->harts[j] == hart->id)
                return c;
    }
    return NULL;
}

static enum cost cost_of(const struct hart *hart)
{
    const struct vm_config *owner = owner_of(hart);
    if (owner == NULL)
        return OF_NO_VM;
    return owner->quiet ? OF_A_QUIET_VM : OF_A_VM;
}

static struct hart *choose(enum cost cost, bool (*take)(struct hart *hart))
{
    for (uint32_t i = 0; i < hart_count(); i++)
        if (hart_at(i)->online && cost_of(hart_at(i)) == cost && take(hart_at(i)))
            return hart_at(i);
    return NULL;
}

struct hart *vm_choose_free_hart(bool (*take)(struct hart *hart))
{
    return choose(OF_NO_VM, take);
}

struct hart *vm_choose_housekeeper(bool (*take)(struct hart *hart))
{
    struct hart *hart = NULL;
    for (unsigned cost = 0; cost < COSTS && hart == NULL; cost++)
        hart = choose(cost, take);
    if (hart != NULL && cost_of(hart) == OF_A_QUIET_VM)
        log_warn("VM %s: quiet, but its hart %lu takes the console's input: each key is an exit; "
                 "expected a hart of no VM, or of one that is not quiet",
                 owner_of(hart)->name, (unsigned long)hart->id);
    housekeeper = hart;
    return hart;
}

struct hart *vm_console_hart(void)
{
    return housekeeper;
}
