#include <axhal/hart.h>
#include <axhal/time.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* bytes; the longest is a message of the console that lists the columns of a ledger */
#define LINE_MAX 640

enum log_level log_level = LOG_LEVEL_WARN;

static const char *const names[] = {"off", "error", "warn", "info", "debug", "trace"};

bool log_set_level(const char *name)
{
    for (unsigned i = 0; i < LOG_LEVELS; i++) {
        if (strcmp(name, names[i]) == 0) {
            log_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

const char *log_level_name(enum log_level level)
{
    ASSERT(level < LOG_LEVELS);
    return names[level];
}

static struct spinlock error_lock = SPINLOCK("last error");
/* error_lock held */
static char last_error[LINE_MAX];
static uint32_t errors;

uint32_t log_last_error(char *line, size_t size)
{
    spin_lock(&error_lock);
    snprintf(line, size, "%s", last_error);
    uint32_t count = errors;
    spin_unlock(&error_lock);
    return count;
}

static void keep_error(const char *line)
{
    spin_lock(&error_lock);
    snprintf(last_error, sizeof last_error, "%s", line);
    errors++;
    spin_unlock(&error_lock);
}

/* What did not fit is cut; the line end always fits. `used` bytes of `line` are text. */
static void finish(char *line, int used)
{
    DEBUG_ASSERT(used >= 0);
    size_t length = used < LINE_MAX - 3 ? (size_t)used : LINE_MAX - 3;
    memcpy(line + length, "\r\n", 2);
    console_write_line(line, length + 2);
}

void log_line(enum log_level level, const char *format, ...)
{
    char line[LINE_MAX];
    uint64_t frequency = platform()->timebase, now = time_now();
    unsigned long us = frequency != 0 ? now % frequency * 1000000 / frequency : 0;
    int used = snprintf(line, sizeof line, "[%5lu.%06lu %u %-5s] ",
                        frequency != 0 ? (unsigned long)(now / frequency) : 0, us,
                        this_hart()->index, names[level]);
    va_list args;
    va_start(args, format);
    used += vsnprintf(line + used, sizeof line - (size_t)used, format, args);
    va_end(args);
    if (level == LOG_LEVEL_ERROR)
        keep_error(line);
    finish(line, used);
}

void print_line(const char *format, ...)
{
    char line[LINE_MAX];
    va_list args;
    va_start(args, format);
    int used = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    finish(line, used);
}
