/* Loads and stores that may trap. Each returns 0, or the cause of its trap. */
#pragma once
#include <stdint.h>

uint64_t probe_load1(uint64_t at, uint64_t *value);
uint64_t probe_load2(uint64_t at, uint64_t *value);
uint64_t probe_load4(uint64_t at, uint64_t *value);
uint64_t probe_load8(uint64_t at, uint64_t *value);
uint64_t probe_store1(uint64_t at, uint64_t value);
uint64_t probe_store2(uint64_t at, uint64_t value);
uint64_t probe_store4(uint64_t at, uint64_t value);
uint64_t probe_store8(uint64_t at, uint64_t value);
