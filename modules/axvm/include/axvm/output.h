/*
 * What a VM has written, byte for byte: what is not shown yet, and before that the newest of what
 * was. One hart writes at a time, and one shows; neither waits for the other. Any hart copies while
 * they do, without a lock: what is overwritten meanwhile is left out of the copy.
 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_OUTPUT_SIZE 16384 /* a power of two */

struct vm_output {
    _Atomic uint64_t claimed; /* bytes ever written, with those that are being written … */
    _Atomic uint64_t written; /* … and without */
    _Atomic uint64_t shown;   /* of these */
    char *bytes;              /* VM_OUTPUT_SIZE of them, the owner's */
};

/* The writer: keeps as many of the bytes as there is room for without what is not shown; returns
 * how many. */
size_t output_keep(struct vm_output *output, const char *bytes, size_t count);
/* The same of one byte: most output comes so. */
static inline size_t output_keep_byte(struct vm_output *output, char byte)
{
    uint64_t at = atomic_load_explicit(&output->written, memory_order_relaxed);
    if (at - atomic_load_explicit(&output->shown, memory_order_acquire) == VM_OUTPUT_SIZE)
        return 0;
    atomic_store_explicit(&output->claimed, at + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* claimed before a byte changes */
    output->bytes[at % VM_OUTPUT_SIZE] = byte;
    atomic_store_explicit(&output->written, at + 1, memory_order_release);
    return 1;
}
/* The hart that shows: where the oldest bytes are that are not shown yet, and how many lie there in
 * one piece. */
static inline size_t output_next(const struct vm_output *output, const char **bytes)
{
    uint64_t at = atomic_load_explicit(&output->shown, memory_order_relaxed);
    uint64_t end = atomic_load_explicit(&output->written, memory_order_acquire);
    uint64_t place = at % VM_OUTPUT_SIZE;
    *bytes = output->bytes + place;
    return (size_t)(end - at < VM_OUTPUT_SIZE - place ? end - at : VM_OUTPUT_SIZE - place);
}
/* The hart that shows: how many there are. */
static inline size_t output_waiting(const struct vm_output *output)
{
    return (size_t)(atomic_load_explicit(&output->written, memory_order_acquire) -
                    atomic_load_explicit(&output->shown, memory_order_relaxed));
}
/* The hart that shows: so many of them are shown, and their place is free. */
static inline void output_show(struct vm_output *output, size_t count)
{
    uint64_t at = atomic_load_explicit(&output->shown, memory_order_relaxed);
    atomic_store_explicit(&output->shown, at + count, memory_order_release);
}
/* Copies what is there to `to`, which has VM_OUTPUT_SIZE bytes; returns how many. */
size_t output_copy(const struct vm_output *output, char *to);
/* Where the last line of a text ends, which need not be finished. */
static inline size_t output_text_end(const char *text, size_t count)
{
    return count > 0 && text[count - 1] == '\n' ? count - 1 : count;
}
/* From there, `*at`, back to where its last `*lines` lines begin, at most `most` bytes in a call.
 * True: it goes on. */
bool output_find_lines(const char *text, size_t *at, uint64_t *lines, size_t most);
