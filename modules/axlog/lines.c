/*
 * What the host writes, in order, until it is shown: records in a ring. A writer never waits for
 * the terminal: what has no room is lost, and counted. From the first loss on the ring takes no
 * line until half of it is shown, so that what is lost is lost in one place, where a line says so.
 */
#include <axlog/console.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <stdio.h>
#include <string.h>
#include "console_parts.h"

#define SIZE CONSOLE_LINES_SIZE
#define RECORD_SIZE CONSOLE_PIECE_SIZE
/* Kept free by lines: the line of input and what is to be done must be kept all the same. */
#define RESERVE 1024
#define SPINS 1000000 /* in a panic the lock's holder may be dead */

struct head {
    uint16_t size;
    uint8_t kind; /* enum line_kind */
};

static struct spinlock lock = SPINLOCK("console lines");
/* lock held */
static char ring[SIZE];
static size_t first;
static uint64_t lost, lost_now; /* lines, ever; and since a line said so */

static bool enter(void)
{
    if (terminal.panics)
        return !spin_held(&lock) && spin_lock_bounded(&lock, SPINS);
    spin_lock(&lock);
    return true;
}

static void copy_in(const void *bytes, size_t count)
{
    spin_debug_assert_held(&lock);
    DEBUG_ASSERT(first < SIZE && terminal.lines_used + count <= SIZE);
    size_t place = (first + terminal.lines_used) % SIZE, room = SIZE - place;
    size_t front = count < room ? count : room;
    memcpy(ring + place, bytes, front);
    memcpy(ring, (const char *)bytes + front, count - front);
    terminal.lines_used += count;
}

static void copy_out(void *bytes, size_t count)
{
    spin_debug_assert_held(&lock);
    DEBUG_ASSERT(first < SIZE && count <= terminal.lines_used);
    size_t room = SIZE - first, front = count < room ? count : room;
    memcpy(bytes, ring + first, front);
    memcpy((char *)bytes + front, ring, count - front);
    first = (first + count) % SIZE;
    terminal.lines_used -= count;
}

/* lock held */
static void add(enum line_kind kind, const void *bytes, size_t count)
{
    DEBUG_ASSERT(count <= RECORD_SIZE);
    struct head head = {(uint16_t)count, (uint8_t)kind};
    copy_in(&head, sizeof head);
    copy_in(bytes, count);
}

static bool is_text(enum line_kind kind)
{
    return kind == LINE_BYTES || kind == LINE_WHOLE;
}

/* lock held */
static bool has_room(enum line_kind kind, size_t count)
{
    spin_debug_assert_held(&lock);
    size_t reserve = is_text(kind) ? RESERVE : 0;
    return SIZE - terminal.lines_used >= sizeof(struct head) + count + reserve &&
           !(is_text(kind) && lost_now > 0);
}

bool lines_keep(enum line_kind kind, const void *bytes, size_t count)
{
    if (!enter())
        return false;
    bool room = has_room(kind, count);
    if (room)
        add(kind, bytes, count);
    else if (is_text(kind))
        lost_now++;
    spin_unlock(&lock);
    return room;
}

size_t console_room(void)
{
    spin_lock(&lock);
    size_t room = lost_now > 0 || SIZE - terminal.lines_used < RESERVE
                      ? 0
                      : SIZE - terminal.lines_used - RESERVE;
    spin_unlock(&lock);
    return room;
}

uint64_t console_lost_lines(void)
{
    spin_lock(&lock);
    uint64_t count = lost + lost_now;
    spin_unlock(&lock);
    return count;
}

/* lock held */
static void tell_lost(void)
{
    spin_debug_assert_held(&lock);
    char line[96];
    int size = snprintf(line, sizeof line,
                        "hv: %lu lines of the host's were lost here: the terminal took none\r\n",
                        (unsigned long)lost_now);
    lost += lost_now;
    lost_now = 0;
    add(LINE_WHOLE, line, (size_t)size);
}

/* False: there is none. */
static bool take(struct head *head, char *bytes)
{
    if (!enter())
        return false;
    bool some = terminal.lines_used > 0;
    if (some) {
        copy_out(head, sizeof *head);
        copy_out(bytes, head->size);
    }
    if (lost_now > 0 && terminal.lines_used < SIZE / 2)
        tell_lost();
    spin_unlock(&lock);
    return some;
}

void lines_show_now(enum line_kind kind, const void *bytes, size_t count)
{
    struct line_act act;
    switch (kind) {
    case LINE_BYTES:
        terminal_put(bytes, count, false);
        break;
    case LINE_WHOLE:
        terminal_put(bytes, count, true);
        break;
    case LINE_INPUT:
        terminal_show_input(bytes, count);
        break;
    case LINE_CLEAR:
        terminal_clear();
        break;
    case LINE_ACT:
        memcpy(&act, bytes, sizeof act);
        act.act(act.argument);
        break;
    }
}

bool lines_show(void)
{
    console_assert_held();
    static char bytes[RECORD_SIZE]; /* the console's lock held */
    struct head head;
    if (!take(&head, bytes))
        return false;
    lines_show_now(head.kind, bytes, head.size);
    return true;
}
