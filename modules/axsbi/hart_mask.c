/*
 * Lists of harts, as IPI and RFENCE take them (SBI 3.0 §3.1). A base of no hart is an error with a
 * bit in the mask alone.
 *
 * The harts of the VM are 0 .. vcpu_count-1 and all are valid, in whatever state they are: an
 * operating system may still name a hart that it has stopped, and to refuse the call would leave
 * the running harts of the same mask without their fence.
 */
#include "extension.h"
#include <lib/assert.h>
#include <lib/bits.h>
#include <lib/exit_path.h>

#define ALL_HARTS UINT64_MAX /* a base of -1: the mask is ignored */

EXIT_PATH bool sbi_hart_mask(const struct sbi_machine *machine, uint64_t mask, uint64_t base,
                             uint64_t *targets)
{
    DEBUG_ASSERT(machine->vcpu_count >= 1 && machine->vcpu_count <= 64);
    const uint64_t all = MASK(machine->vcpu_count - 1, 0);
    if (base == ALL_HARTS) {
        *targets = all;
        return true;
    }
    if (mask == 0) {
        *targets = 0;
        return true;
    }
    if (base >= machine->vcpu_count || (mask & ~(all >> base)))
        return false;
    *targets = mask << base;
    return true;
}
