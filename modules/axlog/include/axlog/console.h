/*
 * The host's console: one place through which all output goes, so that what two harts write at the
 * same time stays whole. Early it is the firmware's; the UART driver takes over when it is up.
 *
 * Until there is a feed, the writer waits for the sink. With a feed no writer waits, neither for
 * the sink nor for the lock: a line of the host is kept in a ring (lines.c), and what the sink has
 * no room for in a queue (terminal.c). One hart, the feed's, shows what is kept, a step at a time,
 * in console_serve(); a hart that runs no vCPU shows its own lines itself if the lock is free.
 *
 * Others may have rings of their own, sources, which say by a bit that something waits. A hart that
 * shows its own source's output takes the lock if it is free, and leaves all else to the feed's
 * hart (tests/model/console.pml).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONSOLE_INPUT_SIZE 160
/* What a source may write at once, besides what keeps the line of input at the bottom. */
#define CONSOLE_PIECE_SIZE 800

typedef void (*console_sink_t)(const char *bytes, size_t count);

/* The sink's other side; called with the console's lock held. */
struct console_feed {
    /* Sends what there is room for, without waiting; returns how many bytes. */
    size_t (*send)(const char *bytes, size_t count);
    /* True: console_serve() is to be called when the sink has room, at once if it has; false: not
     * any longer. */
    void (*call)(bool wanted);
};

/* Boot hart, once each: where bytes go from now on; that no writer waits for the sink any longer;
 * what writes some of a source, at most CONSOLE_PIECE_SIZE bytes, when it is called with the
 * console's lock held and a bit of terminal.waiting set (axlog/source.h). The
 * structure stays. */
void console_set_sink(console_sink_t sink);
void console_set_feed(const struct console_feed *feed);
void console_set_source(void (*pour)(void));

/* Writes the bytes without anything in between. Any hart. */
void console_write(const char *bytes, size_t count);
/* The same, after a line break if the last byte written was not one. */
void console_write_line(const char *bytes, size_t count);
/*
 * A line of input at the bottom: whatever is written from now on goes above it, in whole lines.
 * `drawing`, which is copied, draws it on an empty line of a terminal; 0 bytes: it is taken away.
 * At most CONSOLE_INPUT_SIZE bytes count. Any hart.
 */
void console_show_input(const char *drawing, size_t count);
/* Clears the terminal's screen; what is written next stands at its top. Any hart. */
void console_clear_screen(void);
/* Calls act(argument) with the console's lock held, after all that was written before. Any hart. */
void console_do(void (*act)(uint64_t argument), uint64_t argument);
/* The same at once, whatever was written before: waits for the lock, which is held for a piece. */
void console_do_now(void (*act)(uint64_t argument), uint64_t argument);
/*
 * Any hart: returns how many bytes of lines the ring keeps for sure. The ring takes
 * CONSOLE_LINES_SIZE; once a line had no room in it, it takes none until half of it is shown, and a
 * line says how many were lost. So what must not be lost is written only while there is room for
 * it.
 */
#define CONSOLE_LINES_SIZE 16384
size_t console_room(void);
/* Any hart: returns how many lines were lost so far. */
uint64_t console_lost_lines(void);

/* What console_serve() leaves. */
enum console_left {
    CONSOLE_NOTHING, /* or nothing that the sink has room for: the feed calls */
    CONSOLE_MORE,
    CONSOLE_TAKEN, /* another hart has the lock; from now on it, and others, give way to this one */
};
/* The feed's hart: shows some of what waits: a step, which is short. Never waits. */
enum console_left console_serve(void);
/* Any hart: what a source has will be shown soon. Does not wait. */
void console_pull(void);

/* With the console's lock, which a source that shows its own output takes (axlog/source.h): as
 * console_write() and console_write_line(). */
void console_put(const char *bytes, size_t count);
void console_put_line(const char *bytes, size_t count);
/* With the lock: returns true if the sink has taken all so far, so it may take more. */
bool console_takes(void);
/* With the lock: writes bytes that a terminal does not show, for a program that reads it. */
void console_put_unseen(const char *bytes, size_t count);

/* The machine ends: writes all that waits, for ten seconds at most, and what comes now at once. */
void console_flush(void);
/* From now on waits are short: a panic must be seen even if a hart died in here. */
void console_panic_mode(void);
