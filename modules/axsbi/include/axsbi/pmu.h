/*
 * The counters of a guest hart, numbered as the guest sees them: below PMU_HARDWARE by their CSR,
 * where the host's firmware has them, then those that count what the hypervisor does.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PMU_HARDWARE 32
#define PMU_FIRMWARE 16
#define PMU_COUNTERS (PMU_HARDWARE + PMU_FIRMWARE)

struct pmu_counter {
    bool configured;
    bool started;
    uint32_t event; /* event_idx, 20 bits */
    uint64_t data;
    /* A firmware counter's value; while it runs, less what its event had counted at the start. */
    uint64_t value;
};

/* Of one hart; own hart only. */
struct pmu {
    struct pmu_counter counters[PMU_COUNTERS];
    uint64_t running;   /* bit n: counter n runs for itself, without an event of the guest */
    bool counts_stolen; /* some counter did since the hart's start */
    /* The hardware counter that the firmware was asked about last, and that is still to be given
     * back, and 1; 0: none. */
    unsigned lent;
};
