/*
 * What a terminal gets: bytes, lines, and a line of input that stays at the bottom. What the sink
 * has no room for waits in a queue. See axlog/console.h.
 */
#include <axhal/firmware.h>
#include <lib/assert.h>
#include <string.h>
#include "console_parts.h"

#define ERASE_LINE "\r\x1b[K"
#define CLEAR_SCREEN "\x1b[H\x1b[2J"
#define QUEUE_SIZE 4096
#define SENT_AT_ONCE 16 /* bytes of the queue: what a UART's FIFO takes */

_Static_assert(QUEUE_SIZE >= TERMINAL_PIECE_ROOM, "an empty queue has room for a piece");

struct terminal terminal = {
    .lock = SPINLOCK("console"), .sink = firmware_console_write, .at_line_start = true};

/* The console's lock held, or the machine is in a panic. */
static char input[CONSOLE_INPUT_SIZE]; /* what draws the line at the bottom */
static char queue[QUEUE_SIZE];
static size_t first;

void terminal_changed(void)
{
    terminal.clear = terminal.input_size == 0 && terminal.feed != NULL && !terminal.panics &&
                     !terminal.gathers && terminal.queued == 0 && !terminal.calls;
}

static void drop(size_t count)
{
    DEBUG_ASSERT(first < QUEUE_SIZE && count <= terminal.queued);
    first = (first + count) % QUEUE_SIZE;
    terminal.queued -= count;
    terminal_changed();
}

/* What lies in one piece, at most `most` bytes. */
static size_t queued_piece(size_t most)
{
    size_t piece = QUEUE_SIZE - first < terminal.queued ? QUEUE_SIZE - first : terminal.queued;
    return piece < most ? piece : most;
}

void terminal_send_queue(void)
{
    while (terminal.queued > 0) {
        size_t piece = queued_piece(QUEUE_SIZE);
        terminal.sink(queue + first, piece);
        drop(piece);
    }
}

bool terminal_send_some(void)
{
    console_assert_held();
    DEBUG_ASSERT(terminal.feed != NULL);
    size_t sent = terminal.feed->send(queue + first, queued_piece(SENT_AT_ONCE));
    drop(sent);
    return sent > 0;
}

/* What has no room is lost: a piece is only begun when the queue is empty. Apart, as others here
 * that are seldom called: what most bytes go through is short. */
void __attribute__((noinline)) console_enqueue(const char *bytes, size_t count)
{
    console_assert_held();
    DEBUG_ASSERT(terminal.queued <= QUEUE_SIZE);
    for (size_t i = 0; i < count && terminal.queued < QUEUE_SIZE; i++)
        queue[(first + terminal.queued++) % QUEUE_SIZE] = bytes[i];
    terminal_changed();
}

static bool nobody_calls(void)
{
    return terminal.feed == NULL || terminal.panics;
}

static void __attribute__((noinline)) send_all(const char *bytes, size_t count)
{
    terminal_send_queue();
    terminal.sink(bytes, count);
}

/* There is a feed, and nothing in the queue. */
static inline void send_or_enqueue(const char *bytes, size_t count)
{
    size_t sent = terminal.feed->send(bytes, count);
    if (sent < count)
        console_enqueue(bytes + sent, count - sent);
}

static void emit(const char *bytes, size_t count)
{
    console_assert_held();
    if (nobody_calls())
        send_all(bytes, count);
    else if (terminal.queued > 0 || terminal.gathers)
        console_enqueue(bytes, count);
    else
        send_or_enqueue(bytes, count);
}

static void put(const char *bytes, size_t count)
{
    DEBUG_ASSERT(count > 0);
    emit(bytes, count);
    terminal.at_line_start = bytes[count - 1] == '\n';
}

static void end_line(void)
{
    if (!terminal.at_line_start)
        put("\r\n", 2);
}

static void hide_input(void)
{
    if (terminal.input_size == 0)
        return;
    emit(ERASE_LINE, sizeof ERASE_LINE - 1);
    terminal.at_line_start = true;
}

static void draw_input(void)
{
    if (terminal.panics) /* a report has the last line for itself */
        terminal.input_size = 0;
    if (terminal.input_size == 0)
        return;
    end_line();
    emit(input, terminal.input_size);
}

void __attribute__((noinline)) terminal_put(const char *bytes, size_t count, bool own_line)
{
    if (count == 0)
        return;
    hide_input();
    if (own_line)
        end_line();
    put(bytes, count);
    draw_input();
}

/* terminal_put(), where nothing is in the way. */
void console_put(const char *bytes, size_t count)
{
    if (!terminal.clear || count == 0) {
        terminal_put(bytes, count, false);
        return;
    }
    terminal.at_line_start = bytes[count - 1] == '\n';
    send_or_enqueue(bytes, count);
}

void console_put_line(const char *bytes, size_t count)
{
    terminal_put(bytes, count, true);
}

void console_put_unseen(const char *bytes, size_t count)
{
    emit(bytes, count);
}

/* What was typed at the line's end is only sent; anything else draws the line anew. */
void terminal_show_input(const char *drawing, size_t count)
{
    console_assert_held();
    DEBUG_ASSERT(count <= CONSOLE_INPUT_SIZE);
    size_t same = terminal.input_size;
    if (same == 0 || count < same || memcmp(drawing, input, same) != 0) {
        hide_input();
        same = 0;
    }
    memcpy(input, drawing, count);
    terminal.input_size = count;
    terminal_changed();
    if (same == 0)
        draw_input();
    else
        emit(input + same, count - same);
}

void terminal_clear(void)
{
    emit(CLEAR_SCREEN, sizeof CLEAR_SCREEN - 1);
    terminal.at_line_start = true;
    draw_input();
}
