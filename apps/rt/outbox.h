/*
 * A line on its way to the console, some characters in each period: writing is an exit in a VM and
 * takes a serial line's time on a board, so no period may wait for a whole line.
 */
#pragma once
#include <stdbool.h>

bool outbox_is_empty(void);
/* Takes a line, in printf's words, up to 200 characters; the one before is gone by then. */
void outbox_put(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes the next characters, if there are any. */
void outbox_send_some(void);
