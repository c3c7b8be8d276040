/*
 * The host's console: one place through which all output goes, so that what two harts write at the
 * same time stays whole. Early it is the firmware's; the UART driver takes over when it is up.
 *
 * Until there is a feed, who writes waits for the sink. With one nobody does: what the sink has no
 * room for waits in a queue, and the feed calls when there is room. Others may have a queue of
 * their own, a source, and never wait for the lock either: who holds it looks after them all before
 * he is through, at most for a turn; for more the feed calls (tests/model/console.pml).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONSOLE_INPUT_SIZE 160
/* What a source may write at once, besides what keeps the line of input at the bottom. */
#define CONSOLE_PIECE_SIZE 480

typedef void (*console_sink_t)(const char *bytes, size_t count);

/* The sink's other side; called with the console's lock held. */
struct console_feed {
    /* Sends what there is room for, without waiting; returns how many bytes. */
    size_t (*send)(const char *bytes, size_t count);
    /* console_serve() is to be called when there is room, at once if there is; or no more. */
    void (*call)(bool wanted);
};

/* Who has more to write. */
struct console_source {
    const _Atomic uint64_t *waiting; /* not 0: something waits */
    /* Something waited, and the console's lock is held: writes some of it, at most
     * CONSOLE_PIECE_SIZE bytes. */
    void (*pour)(void);
};

/* Boot hart, once each: where bytes go from now on; that nobody waits for it any more; who else has
 * some. The structures stay. */
void console_set_sink(console_sink_t sink);
void console_set_feed(const struct console_feed *feed);
void console_set_source(const struct console_source *source);

/* Writes the bytes without anything in between. Any hart; takes the console's lock. */
void console_write(const char *bytes, size_t count);
/* The same, behind a line break if the last byte written was not one. */
void console_write_line(const char *bytes, size_t count);
/* Any hart: what the source has will be written soon, by whoever has the lock. Waits for nobody. */
void console_pull(void);
/* Any hart: writes what waits, for a turn. What the feed calls for. */
void console_serve(void);

/* The lock, for who has to decide something together with what he writes; between them nothing but
 * console_put() and console_put_line() writes, which are as console_write() and its other. */
void console_lock(void);
/* Takes it if it is free and nothing waits, so that who writes now is before nobody. */
bool console_try_lock(void);
void console_unlock(void);
void console_put(const char *bytes, size_t count);
void console_put_line(const char *bytes, size_t count);
/* With the lock: bytes that a terminal does not show, for a program before it. */
void console_put_unseen(const char *bytes, size_t count);

/*
 * A line of input at the bottom: whatever is written from now on goes above it, in whole lines.
 * `drawing`, which is copied, draws it on an empty line of a terminal; 0 bytes: it is taken away.
 * At most CONSOLE_INPUT_SIZE bytes count. Any hart; takes the console's lock.
 */
void console_show_input(const char *drawing, size_t count);
/* Clears the terminal's screen; what is written next stands at its top. As console_write(). */
void console_clear_screen(void);
/* The machine ends: all that waits is written, and what comes now at once. */
void console_flush(void);
/* From now on nobody is waited for long: a panic must be seen even if a hart died in here. */
void console_panic_mode(void);
