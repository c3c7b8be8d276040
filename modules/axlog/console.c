#include <axhal/firmware.h>
#include <axlog/console.h>
#include <axsync/spinlock.h>
#include <stdbool.h>
#include <string.h>

#define PANIC_SPINS 1000000
#define ERASE_LINE "\r\x1b[K"
#define CLEAR_SCREEN "\x1b[H\x1b[2J"

static struct spinlock lock = SPINLOCK("console");
static console_sink_t sink = firmware_console_write;
static bool at_line_start = true;
static char input[CONSOLE_INPUT_SIZE]; /* what draws the line at the bottom */
static size_t input_size;              /* 0: there is none */
static _Atomic bool panicking;

void console_set_sink(console_sink_t s)
{
    sink = s;
}

static bool enter(void)
{
    if (!panicking) {
        spin_lock(&lock);
        return true;
    }
    return !spin_held(&lock) && spin_lock_bounded(&lock, PANIC_SPINS);
}

static void put(const char *bytes, size_t count)
{
    sink(bytes, count);
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
    sink(ERASE_LINE, sizeof ERASE_LINE - 1);
    at_line_start = true;
}

static void draw_input(void)
{
    if (panicking) /* a report has the last line for itself */
        input_size = 0;
    if (input_size == 0)
        return;
    end_line();
    sink(input, input_size);
}

static void write_locked(const char *bytes, size_t count, bool own_line)
{
    if (count == 0)
        return;
    bool locked = enter();
    hide_input();
    if (own_line)
        end_line();
    put(bytes, count);
    draw_input();
    if (locked)
        spin_unlock(&lock);
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
        sink(input + same, count - same);
}

void console_show_input(const char *drawing, size_t count)
{
    bool locked = enter();
    change_input(drawing, count < CONSOLE_INPUT_SIZE ? count : CONSOLE_INPUT_SIZE);
    if (locked)
        spin_unlock(&lock);
}

void console_write(const char *bytes, size_t count)
{
    write_locked(bytes, count, false);
}

void console_write_line(const char *bytes, size_t count)
{
    write_locked(bytes, count, true);
}

void console_clear_screen(void)
{
    bool locked = enter();
    sink(CLEAR_SCREEN, sizeof CLEAR_SCREEN - 1);
    at_line_start = true;
    draw_input();
    if (locked)
        spin_unlock(&lock);
}

void console_panic_mode(void)
{
    panicking = true;
}
