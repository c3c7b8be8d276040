/*
 * What a VM has written, byte for byte: what is not shown yet, and after that the newest of what
 * was. Its harts write in the order in which they claim room, and one hart shows; neither side
 * waits for the other. Any hart copies while they do, without a lock: what is overwritten meanwhile
 * is left out of the copy.
 */
#pragma once
#include <lib/once.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_OUTPUT_SIZE 16384 /* a power of two */

struct vm_output {
    _Atomic uint64_t claimed; /* bytes ever written, with those that are being written … */
    uint64_t written;         /* … and without; these two: lib/once.h */
    uint64_t shown;           /* of these */
    char *bytes;              /* VM_OUTPUT_SIZE of them, the owner's */
};

/* What is before the one can be read, what is before the other written over. */
static inline uint64_t output_written(const struct vm_output *output)
{
    uint64_t written = read_once(&output->written);
    atomic_thread_fence(memory_order_acquire);
    return written;
}
static inline uint64_t output_shown(const struct vm_output *output)
{
    uint64_t shown = read_once(&output->shown);
    atomic_thread_fence(memory_order_acquire);
    return shown;
}

/*
 * Any of the VM's harts: keeps as many of the bytes as there is room for without what is not shown;
 * returns how many. It claims their place, and waits for those that claimed before it, as for a
 * lock; each of them is copying what one call writes.
 */
size_t output_keep(struct vm_output *output, const char *bytes, size_t count);
/* output.c: until those that claimed before `at` have written. */
void output_wait(const struct vm_output *output, uint64_t at);
/* The parts of it. Room for `count` bytes at most; returns for how many, from *at on. */
static inline size_t output_claim(struct vm_output *output, size_t count, uint64_t *at)
{
    size_t claimed;
    *at = atomic_load_explicit(&output->claimed, memory_order_relaxed);
    do {
        size_t room = VM_OUTPUT_SIZE - (*at - output_shown(output));
        if (room == 0)
            return 0;
        claimed = count == 1 || count < room ? count : room;
    } while (!atomic_compare_exchange_weak_explicit(&output->claimed, at, *at + claimed,
                                                    memory_order_relaxed, memory_order_relaxed));
    atomic_thread_fence(memory_order_release); /* claimed before a byte changes */
    return claimed;
}
/* Returns true if all that was claimed before `at` is written. */
static inline bool output_is_next(const struct vm_output *output, uint64_t at)
{
    return output_written(output) == at;
}
/* Publishes `count` bytes that were claimed at `at`, which is the next. */
static inline void output_publish(struct vm_output *output, uint64_t at, size_t count)
{
    atomic_thread_fence(memory_order_release);
    write_once(&output->written, at + count);
}
/* The hart that shows: returns true if only the byte at `at` waits. Another may come any time. */
static inline bool output_waits_alone(const struct vm_output *output, uint64_t at)
{
    return read_once(&output->shown) == at && read_once(&output->written) == at + 1;
}
/* The hart that shows: where the oldest bytes are that are not shown yet, and how many lie there in
 * one piece. */
static inline size_t output_next(const struct vm_output *output, const char **bytes)
{
    uint64_t at = read_once(&output->shown);
    uint64_t end = output_written(output);
    uint64_t place = at % VM_OUTPUT_SIZE;
    *bytes = output->bytes + place;
    return (size_t)(end - at < VM_OUTPUT_SIZE - place ? end - at : VM_OUTPUT_SIZE - place);
}
/* The hart that shows: how many there are. */
static inline size_t output_waiting(const struct vm_output *output)
{
    return (size_t)(output_written(output) - read_once(&output->shown));
}
/* The hart that shows: so many of them are shown, and their place is free. */
static inline void output_show(struct vm_output *output, size_t count)
{
    uint64_t at = read_once(&output->shown);
    atomic_thread_fence(memory_order_release);
    write_once(&output->shown, at + count);
}
/* A copy of what was there when it began, in pieces. */
struct output_copy {
    uint64_t start, end; /* in bytes ever written */
    size_t copied;
};
struct output_copy output_copy_begin(const struct vm_output *output);
/* At most `most` bytes more to `to`, which has VM_OUTPUT_SIZE of them. True: there are more. */
bool output_copy_some(const struct vm_output *output, struct output_copy *copy, char *to,
                      size_t most);
/* After the last piece: how many of the first bytes were overwritten meanwhile: they are rubbish.
 */
size_t output_copy_lost(const struct vm_output *output, const struct output_copy *copy);
/* Where the last line of a text ends, which need not be finished. */
static inline size_t output_text_end(const char *text, size_t count)
{
    return count > 0 && text[count - 1] == '\n' ? count - 1 : count;
}
/* From there, `*at`, back to where its last `*lines` lines begin, at most `most` bytes in a call.
 * True: it goes on. */
bool output_find_lines(const char *text, size_t *at, uint64_t *lines, size_t most);
