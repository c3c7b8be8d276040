/*
 * The newest of what a VM has written, byte for byte. One hart writes at a time; any hart copies
 * while it does, without a lock: what is overwritten meanwhile is left out of the copy.
 */
#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define VM_OUTPUT_SIZE 16384 /* a power of two */

struct vm_output {
    _Atomic uint64_t claimed; /* bytes ever written, with those that are being written … */
    _Atomic uint64_t written; /* … and without */
    char *bytes;              /* VM_OUTPUT_SIZE of them, the owner's */
};

/* At most VM_OUTPUT_SIZE bytes. */
void output_keep(struct vm_output *output, const char *bytes, size_t count);
/* The same for one byte: most output comes so. */
static inline void output_keep_byte(struct vm_output *output, char byte)
{
    uint64_t at = atomic_load_explicit(&output->written, memory_order_relaxed);
    atomic_store_explicit(&output->claimed, at + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* claimed before a byte changes */
    output->bytes[at % VM_OUTPUT_SIZE] = byte;
    atomic_store_explicit(&output->written, at + 1, memory_order_release);
}
/* Copies what is there to `to`, which has VM_OUTPUT_SIZE bytes; returns how many. */
size_t output_copy(const struct vm_output *output, char *to);
/* Where the last `lines` lines of a text begin; one that is not finished counts. */
size_t output_last_lines(const char *text, size_t count, uint64_t lines);
