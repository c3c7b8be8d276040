/* Private to the console: what is kept (lines.c), what a terminal gets (terminal.c), and what shows
 * it (console.c). */
#pragma once
#include <axlog/source.h>
#include <lib/assert.h>

/* What draws: what a terminal gets for one call of a source, or one record of the host. */
#define TERMINAL_PIECE_ROOM (CONSOLE_PIECE_SIZE + CONSOLE_INPUT_SIZE + 16)

/* terminal.c. All: the console's lock held, or the machine is in a panic. */
static inline void console_assert_held(void)
{
    DEBUG_ASSERT(terminal.panics || spin_held(&terminal.lock));
}
void terminal_put(const char *bytes, size_t count, bool own_line);
void terminal_show_input(const char *drawing, size_t count);
void terminal_clear(void);
/* Sends a little of the queue, without waiting; false: the sink has no room. */
bool terminal_send_some(void);
/* Sends all of it; waits for the sink. */
void terminal_send_queue(void);
/* What `clear` depends on has changed. */
void terminal_changed(void);

/* lines.c: what the host writes. */
enum line_kind { LINE_BYTES, LINE_WHOLE, LINE_INPUT, LINE_CLEAR, LINE_ACT };
struct line_act {
    void (*act)(uint64_t argument);
    uint64_t argument;
};
/* Any hart: keeps it. False: there is no room; of LINE_BYTES and LINE_WHOLE that is counted. */
bool lines_keep(enum line_kind kind, const void *bytes, size_t count);
/* Any hart: there is one. */
static inline bool lines_wait(void)
{
    return atomic_load_explicit(&terminal.lines_used, memory_order_relaxed) > 0;
}
/* The console's lock held: shows the first; false: there is none. */
bool lines_show(void);
/* Shows one that was not kept, as lines_show() does. */
void lines_show_now(enum line_kind kind, const void *bytes, size_t count);
