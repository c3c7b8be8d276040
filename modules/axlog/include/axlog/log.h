/*
 * The log: one line a call, with time, hart and level; lines of different harts never mix.
 * A call below the level costs one load and one branch.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
enum log_level { LOG_LEVEL_OFF, LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG,
                 LOG_LEVEL_TRACE };
/* clang-format on */

extern enum log_level log_level; /* set at boot from LOG= */

#define LOG_LEVELS (LOG_LEVEL_TRACE + 1)

/* Any hart: `name` is a value of LOG=; false, and nothing changes, if it is none. */
bool log_set_level(const char *name);
/* Any hart: a copy of the last line of level error, with how many there were; 0: none. */
uint32_t log_last_error(char *line, size_t size);
/* "off" …; `level` is below LOG_LEVELS. */
const char *log_level_name(enum log_level level);

/* Writes one line, whatever the level; `format` has no newline. Any context; takes the log lock. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line without time, hart and level: what a user asked to see. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define LOG_AT(level, ...)                                                                         \
    do {                                                                                           \
        if ((level) <= log_level)                                                                  \
            log_line((level), __VA_ARGS__);                                                        \
    } while (0)
#define log_error(...) LOG_AT(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) LOG_AT(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) LOG_AT(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) LOG_AT(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_trace(...) LOG_AT(LOG_LEVEL_TRACE, __VA_ARGS__)
