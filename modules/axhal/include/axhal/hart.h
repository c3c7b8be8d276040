/*
 * Per-hart data. tp points to the running hart's `struct hart` at all times in the host; while a
 * guest runs tp is the guest's, and the vCPU keeps the host's.
 */
#pragma once
#include <axhal/arch/current.h>
#include <lib/addr.h>
#include <lib/assert.h>
#include <stdbool.h>
#include <stdint.h>

struct vcpu;

#define HART_STACK_SIZE 16384
#define FAULT_STACK_SIZE 4096

/* How long another hart is waited for. Those of an emulator are threads, which on a machine that is
 * shared may get no time for seconds. */
#define HART_PATIENCE_MS 5000

/* X(symbol, name): the steps of the boot that a hart notes the time of, in docs/boot.md's words. */
#define HART_STEP_LIST(X)                                                                          \
    X(PRIMARY_ENTRY, "primary_entry")                                                              \
    X(RUNTIME_MAIN, "runtime_main")                                                                \
    X(START_SECONDARY_CPUS, "start_secondary_cpus")                                                \
    X(HART_START, "hart_start")                                                                    \
    X(SECONDARY_ENTRY, "secondary_entry")                                                          \
    X(RUNTIME_MAIN_SECONDARY, "runtime_main_secondary")                                            \
    X(MAIN, "main")
#define HART_STEP_ENUM(symbol, name) HART_STEP_##symbol,
enum hart_step { HART_STEP_LIST(HART_STEP_ENUM) HART_STEPS };

struct hart {
    uint64_t id;                    /* the firmware's hart id; may be sparse */
    uint32_t index;                 /* 0 .. hart_count()-1; the boot hart is 0 */
    _Atomic bool online;            /* it has set itself up, and takes posts */
    uint64_t stack_top;             /* hva */
    uint64_t fault_stack_top;       /* hva */
    uint64_t trap_scratch[2];       /* for the first instructions of the host's trap vector */
    struct vcpu *vcpu;              /* that it runs, or NULL; others: hart_vcpu() */
    uint64_t lock_wait;             /* ticks that it waited for locks; own hart */
    uint64_t step_time[HART_STEPS]; /* ticks; HART_START: when the boot hart called it */
};

/* The harts that the device tree names and CONFIG_SMP allows, the boot hart first. */
uint32_t hart_count(void);
struct hart *hart_at(uint32_t index);
struct hart *hart_by_id(uint64_t id); /* NULL if there is none */
/* Where the firmware starts a further hart, with a1 = its struct hart (SBI 2.0 §9.1). */
hpa_t hart_entry(void);

/* Stacks grow down into a guard page, which is not mapped. */
struct hart_stacks {
    uint8_t guard[PAGE_SIZE];
    uint8_t stack[HART_STACK_SIZE];
    uint8_t fault_guard[PAGE_SIZE];
    uint8_t fault_stack[FAULT_STACK_SIZE];
};
struct hart_stacks *hart_stacks_at(uint32_t index); /* NULL beyond the last that this build has */

static inline struct hart *this_hart(void)
{
    return hart_current();
}

/* Any hart: the vCPU that a hart runs at this moment, or NULL; it may come or go at once. The hart
 * itself sets it. One word, whole (lib/once.h). */
static inline struct vcpu *hart_vcpu(const struct hart *hart)
{
    return *(struct vcpu *const volatile *)&hart->vcpu;
}
static inline void hart_set_vcpu(struct hart *hart, struct vcpu *vcpu)
{
    *(struct vcpu *volatile *)&hart->vcpu = vcpu;
}

/* The caller runs on the hart whose data these are. Debug builds and unit tests look. */
static inline void hart_assert_own(const struct hart *hart)
{
    DEBUG_ASSERT(hart == this_hart());
}
