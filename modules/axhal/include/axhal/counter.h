/*
 * This hart's hardware performance counters, by way of the firmware (SBI 2.0 §11). `index` is the
 * firmware's number of a counter. No call here takes a lock.
 */
#pragma once
#include <lib/sbi.h>
#include <stdint.h>

/* One more than the greatest index; 0 if the firmware has no PMU. */
uint32_t counter_limit(void);
/* counter_info of §11.7: CSR, width, type; or an error. */
struct sbi_ret counter_info(uint32_t index);
/* §11.8, out of counters 0 to 63 by `mask`: the index of the one that counts the event now. */
struct sbi_ret counter_configure(uint64_t mask, uint64_t flags, uint64_t event, uint64_t data);
/* §11.9, §11.10: the firmware's error. */
long counter_start(uint32_t index, uint64_t flags, uint64_t value);
long counter_stop(uint32_t index, uint64_t flags);
