/*
 * Per-hart data. tp points to the running hart's `struct hart` at all times in the host; while a
 * guest runs tp is the guest's, and the vCPU keeps the host's.
 */
#pragma once
#include <axhal/arch/current.h>
#include <stdbool.h>
#include <stdint.h>

struct vcpu;

#define HART_STACK_SIZE 16384
#define FAULT_STACK_SIZE 4096

struct hart {
    uint64_t id;    /* the firmware's hart id; may be sparse */
    uint32_t index; /* 0 .. hart_count()-1; the boot hart is 0 */
    _Atomic bool online;
    uint64_t stack_top;       /* hva */
    uint64_t fault_stack_top; /* hva */
    uint64_t trap_scratch[2]; /* for the first instructions of the host's trap vector */
    struct vcpu *vcpu;        /* the vCPU that this hart runs, or NULL */
};

/* The harts that the device tree names and CONFIG_SMP allows, the boot hart first. */
uint32_t hart_count(void);
struct hart *hart_at(uint32_t index);
struct hart *hart_by_id(uint64_t id); /* NULL if there is none */

static inline struct hart *this_hart(void)
{
    return hart_current();
}
