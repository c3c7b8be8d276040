/*
 * A guest's text, made safe for a terminal that others share: what would move the cursor, change
 * the terminal's state or hide what follows is shown in characters instead. Pure.
 *
 *   C0 controls        ^[ ^M ^? …; a tab stays
 *   C1 controls        \x9b, whether they came as one byte or as UTF-8
 *   what is no UTF-8   \xNN for each byte, so an overlong form is no way around
 *   what turns text    \u202e: the marks of bidirectional text, and the separators of lines
 *
 * All other UTF-8 (Unicode 16, table 3-7) stays as it is.
 */
#pragma once
#include <stddef.h>

/* Characters for a byte of a guest, at most. */
#define VISIBLE_GROWTH 4

/* Writes `count` bytes of a guest to `to`, which has VISIBLE_GROWTH times as many; returns how many
 * it wrote. */
size_t visible_text(const char *bytes, size_t count, char *to);
/* How many of the bytes are whole characters: the rest, at most 3, begins one that has not ended.
 */
size_t visible_whole(const char *bytes, size_t count);
