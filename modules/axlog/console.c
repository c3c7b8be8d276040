/* What shows the output that waits: see axlog/console.h. */
#include <axhal/hart.h>
#include <axhal/time.h>
#include <lib/assert.h>
#include "console_parts.h"

#define PANIC_SPINS 1000000
#define FLUSH_MS 10000 /* at the machine's end: guests of other harts may write all the time */

static void (*pour)(void); /* or NULL */
static bool hosts_turn;    /* lock held: its lines are next, then a source */

void console_set_sink(console_sink_t s)
{
    ASSERT(s != NULL);
    terminal.sink = s;
}

void console_set_feed(const struct console_feed *f)
{
    ASSERT(f == NULL || (f->send != NULL && f->call != NULL));
    terminal.feed = f;
    terminal_changed();
}

void console_set_source(void (*p)(void))
{
    ASSERT(p != NULL);
    pour = p;
}

static bool enter(void)
{
    if (!terminal.panics) {
        spin_lock(&terminal.lock);
        return true;
    }
    return !spin_held(&terminal.lock) && spin_lock_bounded(&terminal.lock, PANIC_SPINS);
}

static bool nobody_calls(void)
{
    return terminal.feed == NULL || terminal.panics;
}

/* Lock held. */
static void call(bool wanted_now)
{
    console_assert_held();
    DEBUG_ASSERT(terminal.feed != NULL);
    if (wanted_now != terminal.calls)
        terminal.feed->call(wanted_now);
    terminal.calls = wanted_now;
    terminal_changed();
}

/* Lock held: a record of the host's, or some of a source. */
static void show_piece(void)
{
    console_assert_held();
    hosts_turn = !hosts_turn;
    if (hosts_turn && lines_show())
        return;
    if (pour != NULL && atomic_load(&terminal.waiting) != 0)
        pour();
    else
        lines_show();
}

/* Lock held. Without a feed no other hart does it: then all is shown here. */
static void __attribute__((noinline)) leave_to_feed(void)
{
    console_assert_held();
    if (terminal.feed != NULL)
        call(terminal.queued > 0 || console_waits(&terminal));
    else
        while (console_waits(&terminal))
            show_piece();
}

/* What came while the lock was held, and found it taken. The feed is called whatever waits by now:
 * what comes until the lock is free again would not be seen. */
void console_look_again(void)
{
    while (console_waits(&terminal) && spin_try_lock(&terminal.lock)) {
        bool fed = terminal.feed != NULL;
        if (fed)
            call(true);
        else
            leave_to_feed();
        spin_unlock(&terminal.lock);
        if (fed)
            return;
        atomic_thread_fence(memory_order_seq_cst);
    }
}

static void unlock_unfinished(void)
{
    if (!terminal.panics)
        leave_to_feed();
    bool called = terminal.calls;
    spin_unlock(&terminal.lock);
    atomic_thread_fence(memory_order_seq_cst);
    if (!called && console_waits(&terminal))
        console_look_again();
}

void console_unlock(void)
{
    if (terminal.queued > 0 || terminal.calls || console_waits(&terminal)) {
        unlock_unfinished();
        return;
    }
    spin_unlock(&terminal.lock);
    atomic_thread_fence(memory_order_seq_cst);
    if (console_waits(&terminal))
        console_look_again();
}

void console_pull(void)
{
    atomic_thread_fence(memory_order_seq_cst); /* the lock's holder sees what waits */
    if (!spin_try_lock(&terminal.lock))
        return;
    console_unlock();
}

/* Lock held. False: the sink has no room. */
static bool take_step(void)
{
    console_assert_held();
    if (terminal.queued > 0)
        return terminal_send_some();
    terminal.gathers = true;
    terminal_changed();
    show_piece();
    terminal.gathers = false;
    terminal_changed();
    return true;
}

enum console_left console_serve(void)
{
    atomic_store_explicit(&terminal.wanted, true, memory_order_relaxed);
    if (!spin_try_lock(&terminal.lock))
        return CONSOLE_TAKEN;
    atomic_store_explicit(&terminal.wanted, false, memory_order_relaxed);
    bool works = terminal.feed != NULL && (terminal.queued > 0 || console_waits(&terminal));
    bool more = works && take_step() && (terminal.queued > 0 || console_waits(&terminal));
    console_unlock();
    return more ? CONSOLE_MORE : CONSOLE_NOTHING;
}

bool console_takes(void)
{
    console_assert_held();
    return terminal.queued == 0;
}

/* A hart that runs a vCPU leaves all to the feed's: its guest has not asked for the line. */
static void show_lines(void)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (!spin_try_lock(&terminal.lock))
        return;
    while (this_hart()->vcpu == NULL && terminal.queued == 0 && lines_show())
        continue;
    console_unlock();
}

static void write_now(enum line_kind kind, const void *bytes, size_t count)
{
    bool locked = enter();
    while (nobody_calls() && lines_show())
        continue;
    lines_show_now(kind, bytes, count);
    if (locked)
        console_unlock();
}

static void write(enum line_kind kind, const void *bytes, size_t count)
{
    bool waits = !nobody_calls();
    if (waits && lines_keep(kind, bytes, count)) {
        show_lines();
        return;
    }
    /* There is no room: the terminal is not read, so the order of what acts matters less than the
     * state. */
    if (!waits || kind == LINE_ACT || kind == LINE_INPUT)
        write_now(kind, bytes, count);
}

/* In records of their size. */
static void write_text(enum line_kind kind, const char *bytes, size_t count)
{
    for (size_t piece; count > 0; bytes += piece, count -= piece) {
        piece = count < CONSOLE_PIECE_SIZE ? count : CONSOLE_PIECE_SIZE;
        write(kind, bytes, piece);
        kind = LINE_BYTES;
    }
}

void console_write(const char *bytes, size_t count)
{
    write_text(LINE_BYTES, bytes, count);
}

void console_write_line(const char *bytes, size_t count)
{
    write_text(LINE_WHOLE, bytes, count);
}

void console_show_input(const char *drawing, size_t count)
{
    write(LINE_INPUT, drawing, count < CONSOLE_INPUT_SIZE ? count : CONSOLE_INPUT_SIZE);
}

void console_clear_screen(void)
{
    write(LINE_CLEAR, "", 0);
}

void console_do(void (*act)(uint64_t argument), uint64_t argument)
{
    ASSERT(act != NULL);
    struct line_act record = {act, argument};
    write(LINE_ACT, &record, sizeof record);
}

void console_do_now(void (*act)(uint64_t argument), uint64_t argument)
{
    ASSERT(act != NULL);
    struct line_act record = {act, argument};
    bool locked = enter();
    lines_show_now(LINE_ACT, &record, sizeof record);
    if (locked)
        console_unlock();
}

/* What comes after the lock is free again is shown by the hart that it comes from. */
void console_flush(void)
{
    uint64_t began = time_now();
    bool locked = enter();
    if (terminal.feed != NULL)
        call(false);
    terminal.feed = NULL;
    terminal_changed();
    terminal_send_queue();
    while (locked && console_waits(&terminal) && time_now() - began < time_ms_to_ticks(FLUSH_MS))
        show_piece();
    if (locked)
        spin_unlock(&terminal.lock);
}

void console_panic_mode(void)
{
    terminal.panics = true;
    terminal_changed();
}
