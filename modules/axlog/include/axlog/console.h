/*
 * The host's console: one place through which all output goes, so that what two harts write at the
 * same time stays whole. Early it is the firmware's; the UART driver takes over when it is up.
 */
#pragma once
#include <stddef.h>

#define CONSOLE_INPUT_SIZE 160

typedef void (*console_sink_t)(const char *bytes, size_t count);

/* Boot hart, once: where bytes go from now on. */
void console_set_sink(console_sink_t sink);
/* Writes the bytes without anything in between. Any hart; takes the console lock. */
void console_write(const char *bytes, size_t count);
/* The same, behind a line break if the last byte written was not one. */
void console_write_line(const char *bytes, size_t count);
/*
 * A line of input at the bottom: whatever is written from now on goes above it, in whole lines.
 * `drawing`, which is copied, draws it on an empty line of a terminal; 0 bytes: it is taken away.
 * At most CONSOLE_INPUT_SIZE bytes count. Any hart; takes the console lock.
 */
void console_show_input(const char *drawing, size_t count);
/* Clears the terminal's screen; what is written next stands at its top. As console_write(). */
void console_clear_screen(void);
/* From now on nobody is waited for long: a panic must be seen even if a hart died in here. */
void console_panic_mode(void);
