/* Seeds for guests' random pools, grown from the rng-seed that the boot loader gave the host. */
#pragma once
#include <lib/tree.h>
#include <stddef.h>
#include <stdint.h>

/* Boot hart, once: takes /chosen rng-seed; without one the seeds differ only by time. */
void random_init(struct tree_value seed);
/* Any hart; takes its own lock. Never twice the same. */
void random_bytes(uint8_t *to, size_t count);
/* Any hart. The same bytes for the same seed and nth, on every host. */
void random_pinned(uint64_t seed, uint64_t nth, uint8_t *to, size_t count);
