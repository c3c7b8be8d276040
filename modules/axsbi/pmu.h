/* Private to pmu*.c. All of it is for the vCPU's own hart. */
#pragma once
#include <lib/bits.h>
#include "extension.h"

/* pmu_event.c: firmware events (SBI 3.0 §11.6). */
bool pmu_event_exists(uint64_t code, uint64_t data);
/* Platform events (code 65535), by their data (docs/sbi.md). */
enum { PMU_EVENT_EXITS, PMU_EVENT_STOLEN, PMU_EVENT_COLUMN = 0x100 };
/* Returns how often the event has happened on this hart; it must exist. */
uint64_t pmu_event_count(const struct vcpu *vcpu, uint64_t code, uint64_t data);

/* pmu_hardware.c: bit n: the host has counter n; and what counter_info says of it. */
uint64_t pmu_hardware(void);
uint64_t pmu_hardware_info(unsigned n);
/* Makes one of `set` count the event, if the hart can: its number, or a negative SBI error. */
long pmu_hardware_configure(struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                            uint64_t data);
/* These two return an SBI error. */
long pmu_hardware_start(unsigned n, uint64_t flags, uint64_t value);
long pmu_hardware_stop(unsigned n);
/* Its event is taken from it. cycle and instret run on, as they do from a hart's start on. */
void pmu_hardware_release(struct pmu *pmu, unsigned n);
/* Of one that is stopped: its event is taken from it, and what it has counted. */
void pmu_hardware_clear(unsigned n);
/* Let cycle and instret run, which have no event of the guest: in steps from 0 on, each of which
 * calls the firmware once at most; false: there is no such step. And stop them. */
bool pmu_hardware_run(struct pmu *pmu, unsigned step);
void pmu_hardware_rest(struct pmu *pmu);
/* Returns the one counter that a hart always has for the event; PMU_HARDWARE if there is none. */
unsigned pmu_hardware_fixed(uint64_t event);

/* pmu_counter.c */
/* Finds and configures one of `set`, which all exist: its number, or a negative SBI error. */
long pmu_configure(struct vcpu *vcpu, struct pmu *pmu, uint64_t set, uint64_t flags, uint64_t event,
                   uint64_t data);
/* Starts a configured counter that is stopped, from `value` or, if that is NULL, where it is. */
long pmu_start(struct vcpu *vcpu, struct pmu *pmu, unsigned n, const uint64_t *value);
long pmu_stop(struct vcpu *vcpu, struct pmu *pmu, unsigned n);
/* Takes the event from a stopped counter. */
void pmu_release(struct pmu *pmu, unsigned n);
/* Of a firmware counter. */
uint64_t pmu_read(const struct vcpu *vcpu, const struct pmu *pmu, unsigned n);
bool pmu_is_firmware_event(uint64_t event);
/* Returns true if some counter could count the event. The firmware may have been asked, by a
 * counter that is lent from then on. */
bool pmu_supports(struct pmu *pmu, uint64_t event, uint64_t data);
/* Gives back a counter that is lent: before the firmware is called again, and in another exit,
 * since each such call takes some thousand instructions. Returns true if there was one. */
bool pmu_give_back(struct pmu *pmu);
/* Returns the counters that exist, a bit for each. */
static inline uint64_t pmu_all(void)
{
    return pmu_hardware() | MASK(PMU_COUNTERS - 1, PMU_HARDWARE);
}

/* pmu_event_info.c */
struct sbi_outcome pmu_event_info(const struct sbi_call *call, struct pmu *pmu);
