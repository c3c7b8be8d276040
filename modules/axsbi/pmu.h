/* Private to pmu*.c. All of it is for the vCPU's own hart. */
#pragma once
#include <lib/bits.h>
#include "extension.h"

/* pmu_event.c: firmware events (SBI 3.0 §11.6). */
bool pmu_event_exists(uint64_t code, uint64_t data);
/* Platform events (code 65535), by their data (docs/sbi.md). */
enum { PMU_EVENT_EXITS, PMU_EVENT_STOLEN, PMU_EVENT_COLUMN = 0x100 };
/* How often it has happened to this hart; only of one that exists. */
uint64_t pmu_event_count(const struct vcpu *vcpu, uint64_t code, uint64_t data);

/* pmu_hardware.c: bit n: the host has counter n; and what counter_info says of it. */
uint64_t pmu_hardware(void);
uint64_t pmu_hardware_info(unsigned n);
/* Makes one of `set` count the event, if the hart can: its number, or a negative SBI error. */
long pmu_hardware_configure(struct vcpu *vcpu, uint64_t set, uint64_t flags, uint64_t event,
                            uint64_t data);
long pmu_hardware_start(unsigned n, uint64_t flags, uint64_t value);
void pmu_hardware_stop(unsigned n);
/* Nobody counts with it any more; the guest can't read it. */
void pmu_hardware_release(struct vcpu *vcpu, unsigned n);

/* pmu_counter.c */
/* Finds and configures one of `set`, which all exist: its number, or a negative SBI error. */
long pmu_configure(struct vcpu *vcpu, struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                   uint64_t data);
/* Starts a configured counter that is stopped, from `value` or, if that is NULL, where it is. */
long pmu_start(struct vcpu *vcpu, struct pmu *pmu, unsigned n, const uint64_t *value);
void pmu_stop(struct vcpu *vcpu, struct pmu *pmu, unsigned n);
/* Its event is taken from a counter that is stopped. */
void pmu_release(struct vcpu *vcpu, struct pmu *pmu, unsigned n);
uint64_t pmu_read(const struct vcpu *vcpu, const struct pmu *pmu, unsigned n);
/* True if some counter could count the event. */
bool pmu_supports(struct vcpu *vcpu, const struct pmu *pmu, uint64_t event, uint64_t data);
/* The counters that exist. */
static inline uint64_t pmu_all(void)
{
    return pmu_hardware() | MASK(PMU_COUNTERS - 1, PMU_HARDWARE);
}

/* pmu_memory.c: what is written to guest memory. */
struct sbi_outcome pmu_set_snapshot(const struct sbi_call *call, struct pmu *pmu);
struct sbi_outcome pmu_event_info(const struct sbi_call *call, const struct pmu *pmu);
/* The value of counter `base` + i in the snapshot area, which was set. */
uint64_t pmu_snapshot_read(const struct sbi_call *call, const struct pmu *pmu, unsigned i);
void pmu_snapshot_write(const struct sbi_call *call, const struct pmu *pmu, unsigned i,
                        uint64_t value);
/* No counter has overflowed, as far as a guest can know: it has no Sscofpmf (§11.13). */
void pmu_snapshot_clear_overflows(const struct sbi_call *call, const struct pmu *pmu);
