/*
 * The external interrupts of a machine's vCPUs: the end that drives them. Telling a vCPU may take a
 * call of the firmware, and the vCPU that is woken comes to the controller at once. So a level is
 * stored with the controller's lock held, and its vCPU is woken after that.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct external_output {
    /* At every change of a vCPU's interrupt. The controller's lock is held, so the last level that
     * is stored is the controller's. */
    void (*store)(void *context, uint32_t vcpu, bool level);
    /*
     * After every change, with no lock of the controller's held. Of several harts that change a
     * level the last may be the first to call this. So no level is passed: the vCPU looks at what
     * is stored, and since each change is followed by such a look, it has seen the last one.
     */
    void (*tell)(void *context, uint32_t vcpu);
    void *context;
};

/* After the lock is free: wakes each vCPU of the set `vcpus`, a bit for each. */
static inline void external_tell(const struct external_output *output, uint64_t vcpus)
{
    for (; vcpus != 0; vcpus &= vcpus - 1)
        output->tell(output->context, (uint32_t)__builtin_ctzll(vcpus));
}
