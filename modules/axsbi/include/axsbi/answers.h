/*
 * Calls whose answer needs the machine and nothing else: the fast path (axexit/fast.c), which calls
 * nothing, and the extension's own handler give the same one. False: the call is not of these.
 */
#pragma once
#include <axsbi/sbi.h>

/* SBI 3.0 §4: no call of BASE fails. */
static inline bool sbi_base_answer(const struct sbi_machine *machine, uint64_t function,
                                   uint64_t a0, uint64_t *value)
{
    switch (function) {
    case SBI_BASE_SPEC_VERSION:
        *value = SBI_GUEST_SPEC_VERSION;
        return true;
    case SBI_BASE_IMPL_ID:
        *value = SBI_GUEST_IMPL_ID;
        return true;
    case SBI_BASE_IMPL_VERSION:
        *value = SBI_GUEST_IMPL_VERSION;
        return true;
    case SBI_BASE_PROBE:
        *value = sbi_find(machine->extensions, a0) != NULL;
        return true;
    case SBI_BASE_MVENDORID:
        *value = machine->mvendorid;
        return true;
    case SBI_BASE_MARCHID:
        *value = machine->marchid;
        return true;
    case SBI_BASE_MIMPID:
        *value = machine->mimpid;
        return true;
    default:
        return false;
    }
}

/* SBI 3.0 §9.3: the state of a hart that there is. */
static inline bool sbi_status_answer(const struct sbi_machine *machine, uint64_t hart,
                                     uint64_t *value)
{
    if (hart >= machine->vcpu_count)
        return false;
    *value = atomic_load(&machine->vcpus[hart].hsm_state);
    return true;
}

/* SBI 3.0 §8: a size of 2^XLEN-1 means all addresses, whatever the start; 0 is none. */
static inline bool sbi_range_valid(uint64_t start, uint64_t size)
{
    return size == UINT64_MAX || size == 0 || size - 1 <= UINT64_MAX - start;
}
