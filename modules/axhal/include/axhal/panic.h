/* The end of the host on an error of its own. What a panic does is axruntime's: it registers. */
#pragma once

typedef void (*panic_handler_t)(const char *message) __attribute__((noreturn));

void panic_set_handler(panic_handler_t handler);
void panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
