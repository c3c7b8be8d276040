/*
 * perfcount: what `perf stat` does, for a Linux guest without perf's libraries.
 *
 *   perfcount TYPE CONFIG [TYPE CONFIG …] -- COMMAND [ARGUMENT …]
 *
 * counts the events (numbers of perf_event_open(2)) while COMMAND and its children run, and prints
 * a line for each: `perfcount TYPE CONFIG = COUNT`, or `… : error ERRNO`. It uses no libc.
 */
#include <stdint.h>

#define MAX_EVENTS 16
#define SIGCHLD 17
#define NOBODY (-1)
/* linux/perf_event.h: struct perf_event_attr of its first version, and the flags used. */
#define DISABLED (1 << 0)
#define INHERIT (1 << 1)
#define ENABLE_ON_EXEC (1 << 12)

enum {
    PIPE2 = 59,
    READ = 63,
    WRITE = 64,
    EXIT = 93,
    CLONE = 220,
    EXECVE = 221,
    PERF = 241,
    WAIT4 = 260
};

struct attr {
    uint32_t type, size;
    uint64_t config, period, sample_type, read_format, flags;
    uint32_t wakeup, bp_type;
    uint64_t bp_address;
};

struct event {
    uint64_t type, config;
    long file;
};

long system_call(long number, ...);
_Noreturn void perfcount_main(const uint64_t *stack);

static void print(const char *text)
{
    long length = 0;
    while (text[length])
        length++;
    system_call(WRITE, 1, text, length);
}

static void print_number(uint64_t value, unsigned base)
{
    char digits[24], *at = digits + sizeof digits;
    for (*--at = '\0'; at == digits + sizeof digits - 1 || value; value /= base)
        *--at = "0123456789abcdef"[value % base];
    print(at);
}

static uint64_t number(const char *text)
{
    unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t value = 0;
    for (text += base == 16 ? 2 : 0; *text; text++)
        value = value * base + (unsigned)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    return value;
}

static _Noreturn void leave(int status)
{
    for (;;)
        system_call(EXIT, status);
}

static void count(struct event *event, long child)
{
    struct attr attr = {.type = (uint32_t)event->type,
                        .size = sizeof attr,
                        .config = event->config,
                        .flags = DISABLED | INHERIT | ENABLE_ON_EXEC};
    event->file = system_call(PERF, &attr, child, NOBODY, NOBODY, 0);
}

static void report(const struct event *event)
{
    uint64_t value = 0;
    print("perfcount ");
    print_number(event->type, 10);
    print(" 0x");
    print_number(event->config, 16);
    if (event->file < 0) {
        print(" : error ");
        print_number((uint64_t)-event->file, 10);
    } else {
        system_call(READ, event->file, &value, sizeof value);
        print(" = ");
        print_number(value, 10);
    }
    print("\n");
}

/* Becomes the command once the parent has opened the events. */
static _Noreturn void become(const int *ends, char **command, char **environment)
{
    char go;
    system_call(READ, ends[0], &go, 1);
    system_call(EXECVE, command[0], command, environment);
    print("perfcount: no such command\n");
    leave(127);
}

/* From start.S. */
void perfcount_main(const uint64_t *stack)
{
    char **argument = (char **)(stack + 2), **end = (char **)(stack + 1) + stack[0];
    struct event events[MAX_EVENTS];
    unsigned used = 0;
    int ends[2], status = 0;
    for (; argument + 1 < end && argument[0][0] != '-' && used < MAX_EVENTS; argument += 2)
        events[used++] = (struct event){number(argument[0]), number(argument[1]), 0};
    if (used == 0 || argument + 1 >= end) {
        print("perfcount: expected TYPE CONFIG … -- COMMAND\n");
        leave(2);
    }
    system_call(PIPE2, ends, 0);
    long child = system_call(CLONE, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        become(ends, argument + 1, end + 1);
    for (unsigned i = 0; i < used; i++)
        count(&events[i], child);
    system_call(WRITE, ends[1], "", 1);
    system_call(WAIT4, child, &status, 0, 0);
    for (unsigned i = 0; i < used; i++)
        report(&events[i]);
    leave(status != 0);
}
