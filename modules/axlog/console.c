#include <axhal/firmware.h>
#include <axlog/console.h>
#include <axsync/spinlock.h>
#include <stdbool.h>

#define PANIC_SPINS 1000000

static struct spinlock lock = SPINLOCK("console");
static console_sink_t sink = firmware_console_write;
static bool at_line_start = true;
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

static void write_locked(const char *bytes, size_t count, bool own_line)
{
    if (count == 0)
        return;
    bool locked = enter();
    if (own_line && !at_line_start)
        put("\r\n", 2);
    put(bytes, count);
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

void console_panic_mode(void)
{
    panicking = true;
}
