/* Where a guest is, as its hart finds it at an exit that was asked for by VCPU_REQ_LOOK. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct vcpu_look {
    uint64_t pc;
    uint64_t trap_pc, cause, vector; /* the guest's sepc, scause and stvec */
    /* It is in S-mode, in a trap that it took from S-mode, and has not enabled interrupts since. */
    bool in_trap;
};
