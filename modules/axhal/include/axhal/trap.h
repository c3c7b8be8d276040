/*
 * Traps that the host takes in its own code: only exceptions, since interrupts are masked. An
 * instruction with a fixup (a probing load) continues there; any other is a fault of the host and
 * goes to the registered handler, on the hart's fault stack, with the registers at the fault.
 */
#pragma once
#include <stdint.h>

struct trap_frame {
    uint64_t x[32]; /* x[0] is not used */
    uint64_t sepc;
    uint64_t scause;
    uint64_t stval;
};

typedef void (*fault_handler_t)(const struct trap_frame *frame) __attribute__((noreturn));

/* This hart: points stvec to the host's vector. */
void trap_init(void);
void trap_set_fault_handler(fault_handler_t handler);
/* The name of an exception as the specification spells it (Priv 1.13 §18.6.1). */
const char *exception_name(uint64_t cause);

/* The host's trap vector (trap.S) and what it calls. */
extern char host_vector[];
void trap_from_host(struct trap_frame *frame);
