#include <axhal/firmware.h>
#include <axlog/console.h>
#include <axsync/spinlock.h>
#include <stdatomic.h>
#include <string.h>

#define PANIC_SPINS 1000000
#define ERASE_LINE "\r\x1b[K"
#define CLEAR_SCREEN "\x1b[H\x1b[2J"
#define QUEUE_SIZE 4096
#define TURN 256 /* bytes that a hart writes for others before it goes */
/* A piece of a source, with the line of input taken away and drawn again, and a line break each. */
#define PIECE_ROOM (CONSOLE_PIECE_SIZE + CONSOLE_INPUT_SIZE + 16)

static struct spinlock lock = SPINLOCK("console");
static console_sink_t sink = firmware_console_write;
static const struct console_feed *feed;     /* NULL: who writes waits */
static const struct console_source *source; /* or NULL */
static _Atomic bool panicking;
/* lock held, or panicking */
static bool at_line_start = true;
static char input[CONSOLE_INPUT_SIZE]; /* what draws the line at the bottom */
static size_t input_size;              /* 0: there is none */
static char queue[QUEUE_SIZE];
static size_t first, queued;
static size_t written; /* bytes, ever */
static bool calls;     /* what feed->call() was told last */

void console_set_sink(console_sink_t s)
{
    sink = s;
}

void console_set_feed(const struct console_feed *f)
{
    feed = f;
}

void console_set_source(const struct console_source *s)
{
    source = s;
}

static bool enter(void)
{
    if (!panicking) {
        spin_lock(&lock);
        return true;
    }
    return !spin_held(&lock) && spin_lock_bounded(&lock, PANIC_SPINS);
}

static void drop(size_t count)
{
    first = (first + count) % QUEUE_SIZE;
    queued -= count;
}

/* What lies in one piece, at most `most` bytes. */
static size_t queued_piece(size_t most)
{
    size_t piece = QUEUE_SIZE - first < queued ? QUEUE_SIZE - first : queued;
    return piece < most ? piece : most;
}

/* Waits for the sink. */
static void send_queue(void)
{
    while (queued > 0) {
        size_t piece = queued_piece(QUEUE_SIZE);
        sink(queue + first, piece);
        drop(piece);
    }
}

/* Apart, as others here that are seldom called: what most bytes go through is short. */
static void __attribute__((noinline)) enqueue(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (queued == QUEUE_SIZE)
            send_queue();
        queue[(first + queued++) % QUEUE_SIZE] = bytes[i];
    }
}

static bool nobody_calls(void)
{
    return feed == NULL || atomic_load_explicit(&panicking, memory_order_relaxed);
}

static void __attribute__((noinline)) send_all(const char *bytes, size_t count)
{
    send_queue();
    sink(bytes, count);
}

/* There is a feed, and nothing in the queue. */
static inline void send_or_enqueue(const char *bytes, size_t count)
{
    size_t sent = feed->send(bytes, count);
    if (sent < count)
        enqueue(bytes + sent, count - sent);
}

static void emit(const char *bytes, size_t count)
{
    written += count;
    if (nobody_calls())
        send_all(bytes, count);
    else if (queued > 0)
        enqueue(bytes, count);
    else
        send_or_enqueue(bytes, count);
}

static inline bool source_waits(void)
{
    return source != NULL && atomic_load_explicit(source->waiting, memory_order_relaxed) != 0;
}

static void call(bool wanted)
{
    if (wanted != calls)
        feed->call(wanted);
    calls = wanted;
}

/* Without a feed nobody calls: then all is written here. */
static bool goes_on(size_t end)
{
    return feed == NULL || (written < end && QUEUE_SIZE - queued >= PIECE_ROOM);
}

/* Lock held. True: something is left, for which the feed calls. */
static bool __attribute__((noinline)) serve_turn(void)
{
    size_t end = written + TURN;
    if (queued > 0 && feed != NULL)
        drop(feed->send(queue + first, queued_piece(TURN)));
    while (source_waits() && goes_on(end))
        source->pour();
    if (feed != NULL)
        call(queued > 0 || source_waits());
    return calls;
}

/* What is there now is the feed's; without one it is ours. */
static void __attribute__((noinline)) look_again(void)
{
    while (source_waits() && spin_try_lock(&lock)) {
        if (feed != NULL)
            call(true);
        else
            serve_turn();
        spin_unlock(&lock);
        if (feed != NULL)
            return;
        atomic_thread_fence(memory_order_seq_cst);
    }
}

/* Who did not get the lock meanwhile has left what he has to us: so we look behind it. */
static void leave(void)
{
    bool left = (queued > 0 || calls || source_waits()) && !panicking && serve_turn();
    spin_unlock(&lock);
    atomic_thread_fence(memory_order_seq_cst);
    if (!left && source_waits())
        look_again();
}

void console_lock(void)
{
    spin_lock(&lock);
}

bool console_try_lock(void)
{
    if (source_waits() || !spin_try_lock(&lock))
        return false;
    if (queued == 0)
        return true;
    leave();
    return false;
}

void console_unlock(void)
{
    leave();
}

void console_pull(void)
{
    atomic_thread_fence(memory_order_seq_cst); /* what waits is seen by who has the lock */
    if (spin_try_lock(&lock))
        leave();
}

void console_serve(void)
{
    if (enter())
        leave();
}

static void put(const char *bytes, size_t count)
{
    emit(bytes, count);
    at_line_start = bytes[count - 1] == '\n';
}

/* The three that follow: lock held, or panicking. */
static void end_line(void)
{
    if (!at_line_start)
        put("\r\n", 2);
}

static void hide_input(void)
{
    if (input_size == 0)
        return;
    emit(ERASE_LINE, sizeof ERASE_LINE - 1);
    at_line_start = true;
}

static void draw_input(void)
{
    if (panicking) /* a report has the last line for itself */
        input_size = 0;
    if (input_size == 0)
        return;
    end_line();
    emit(input, input_size);
}

static void __attribute__((noinline))
put_above_input(const char *bytes, size_t count, bool own_line)
{
    if (count == 0)
        return;
    hide_input();
    if (own_line)
        end_line();
    put(bytes, count);
    draw_input();
}

/* emit(), where nothing is in the way. */
void console_put(const char *bytes, size_t count)
{
    if (input_size > 0 || queued > 0 || nobody_calls() || count == 0) {
        put_above_input(bytes, count, false);
        return;
    }
    written += count;
    at_line_start = bytes[count - 1] == '\n';
    send_or_enqueue(bytes, count);
}

void console_put_line(const char *bytes, size_t count)
{
    put_above_input(bytes, count, true);
}

void console_put_unseen(const char *bytes, size_t count)
{
    emit(bytes, count);
}

/* What was typed at the line's end is only sent; anything else draws the line anew. */
static void change_input(const char *drawing, size_t count)
{
    size_t same = input_size;
    if (same == 0 || count < same || memcmp(drawing, input, same) != 0) {
        hide_input();
        same = 0;
    }
    memcpy(input, drawing, count);
    input_size = count;
    if (same == 0)
        draw_input();
    else
        emit(input + same, count - same);
}

void console_show_input(const char *drawing, size_t count)
{
    bool locked = enter();
    change_input(drawing, count < CONSOLE_INPUT_SIZE ? count : CONSOLE_INPUT_SIZE);
    if (locked)
        leave();
}

void console_write(const char *bytes, size_t count)
{
    bool locked = enter();
    console_put(bytes, count);
    if (locked)
        leave();
}

void console_write_line(const char *bytes, size_t count)
{
    bool locked = enter();
    console_put_line(bytes, count);
    if (locked)
        leave();
}

void console_clear_screen(void)
{
    bool locked = enter();
    emit(CLEAR_SCREEN, sizeof CLEAR_SCREEN - 1);
    at_line_start = true;
    draw_input();
    if (locked)
        leave();
}

void console_flush(void)
{
    bool locked = enter();
    if (feed != NULL)
        call(false);
    feed = NULL;
    send_queue();
    while (locked && source_waits())
        source->pour();
    if (locked)
        leave();
}

void console_panic_mode(void)
{
    panicking = true;
}
