/*
 * One line of input, edited as in a shell, with a history. Pure: keys go in; the line, and the
 * bytes that draw it on a terminal, come out.
 */
#pragma once
#include "keys.h"
#include <stddef.h>
#include <stdint.h>

#define LINE_SIZE 128   /* bytes of a line, the NUL included */
#define LINE_HISTORY 16 /* lines that are remembered */
#define LINE_WIDTH 60   /* columns of the narrowest terminal: what does not fit is scrolled */
#define LINE_DRAWN (LINE_WIDTH + 8)

enum line_event {
    LINE_SAME,
    LINE_CHANGED, /* to be drawn anew */
    LINE_ENTERED, /* text is what the user has entered; line_next() begins another one */
    LINE_DROPPED, /* the same, but it is not to be obeyed (Ctrl-C) */
    LINE_ENDED,   /* Ctrl-D on an empty line */
    LINE_TAB,
    LINE_CLEAR_SCREEN,
};

/* Zeroed is an empty line without a history. */
struct line {
    char text[LINE_SIZE];
    uint32_t length, cursor; /* characters */
    char history[LINE_HISTORY][LINE_SIZE];
    uint32_t entered;     /* lines ever put into the history */
    uint32_t back;        /* how far back in it: 0 is the line that is being written … */
    char kept[LINE_SIZE]; /* … and this one meanwhile */
};

/* `key` is what key_read() returned. */
enum line_event line_key(struct line *line, int key);
/* Inserts text at the cursor, as far as there is room. */
void line_insert(struct line *line, const char *text);
/* Begins the next line. The old one is remembered unless it is empty or the last one again. */
void line_next(struct line *line);
/*
 * What draws it after `prompt`, from column 0 on of a line that is empty: at most LINE_DRAWN bytes
 * to `to`, in at most LINE_WIDTH - 1 columns; returns how many. At its end the cursor is where it
 * belongs.
 */
size_t line_draw(const struct line *line, const char *prompt, char *to);
