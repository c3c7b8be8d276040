/*
 * For a source that shows its own output (axlog/console.h): the console's lock, and a byte. Most of
 * what guests write is a byte a call, so the way of one is inline: the lock is free, and the
 * terminal is clear: it has taken all so far, and shows no line of input.
 */
#pragma once
#include <axlog/console.h>
#include <axsync/ticket.h>
#include <stdatomic.h>

/* Private to the console but for `waiting`, and what the functions below do. */
struct terminal {
    struct spinlock lock;
    _Atomic uint64_t waiting;  /* a bit for each source that has something for console_serve() */
    _Atomic size_t lines_used; /* bytes of the ring of the host's lines */
    _Atomic bool wanted;       /* the feed's hart could not have the lock: others give way to it */
    /* The lock held, or the machine is in a panic. */
    bool clear; /* a byte is sent as it is, and after it the feed is not called: see below */
    bool calls; /* the argument of the last feed->call() */
    bool at_line_start;
    bool gathers; /* what is written goes to the queue, whatever room the sink has */
    bool panics;
    size_t queued;                   /* bytes that the sink had no room for */
    const struct console_feed *feed; /* NULL: the writer waits */
    console_sink_t sink;
    size_t input_size; /* of the line of input; 0: there is none */
};
extern struct terminal terminal;

/* Any hart: returns true if a hart without the lock has left output. */
static inline bool console_waits(const struct terminal *t)
{
    return atomic_load_explicit(&t->waiting, memory_order_relaxed) != 0 ||
           atomic_load_explicit(&t->lines_used, memory_order_relaxed) != 0;
}

/* Without the lock, when output waits: sees to it that some hart shows it. */
void console_look_again(void);
/* With the lock, the terminal clear: keeps what the sink has no room for. */
void console_enqueue(const char *bytes, size_t count);

/* Takes the lock if it is free and the feed's hart does not want it first. Until the unlock only
 * the functions that want it held may write. */
static inline bool console_try_lock(void)
{
    struct terminal *t = &terminal;
    __asm__("" : "+r"(t)); /* one address for all of it, here and below */
    return !atomic_load_explicit(&t->wanted, memory_order_relaxed) &&
           spin_try_lock_inline(&t->lock);
}
void console_unlock(void);

/*
 * The shortest way. With the lock held console_is_clear() says whether the terminal is clear. If so
 * console_send_and_unlock() sends a byte, which ends no line, and releases the lock. A hart that
 * did not get the lock meanwhile has left its output to this one, which looks for it after that.
 */
static inline bool console_is_clear(void)
{
    return terminal.clear;
}
static inline void console_send_and_unlock(char byte)
{
    struct terminal *t = &terminal;
    __asm__("" : "+r"(t));
    t->at_line_start = false;
    if (t->feed->send(&byte, 1) == 0) {
        console_enqueue(&byte, 1);
        console_unlock();
        return;
    }
    spin_unlock_inline(&t->lock);
    atomic_thread_fence(memory_order_seq_cst);
    if (console_waits(t))
        console_look_again();
}
